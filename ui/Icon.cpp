// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Icon.h"

#include "Theme.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

// Resources of a static library are linked only when someone asks for them.
static void initResources()
{
    Q_INIT_RESOURCE(latchkey);
}

namespace latchkey::ui {

using namespace Qt::StringLiterals;

namespace {

QPixmap render(IconName name, const QColor& color, const QSize& pixels)
{
    const QString key = u"latchkey-%1-%2-%3x%4"_s.arg(static_cast<int>(name)).arg(color.rgba()).arg(pixels.width()).arg(pixels.height());
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap))
        return pixmap;

    initResources();
    QFile file(iconFile(name));
    QByteArray svg;
    if (file.open(QIODevice::ReadOnly))
        svg = file.readAll().replace("currentColor", color.name().toLatin1());

    pixmap = QPixmap(pixels);
    pixmap.fill(Qt::transparent);
    QSvgRenderer renderer(svg);
    const int side = qMin(pixels.width(), pixels.height());
    QPainter painter(&pixmap);
    renderer.render(&painter, QRectF((pixels.width() - side) / 2.0, (pixels.height() - side) / 2.0, side, side));
    painter.end();
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

// Asks the theme at every paint, so an icon set once follows a change of scheme.
class ThemedEngine final : public QIconEngine {
public:
    ThemedEngine(const Theme& theme, IconName name, Role role)
        : m_theme(theme)
        , m_name(name)
        , m_role(role)
    {
    }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        const qreal ratio = painter->device()->devicePixelRatioF();
        QPixmap pixmap = render(m_name, colorOf(mode), (QSizeF(rect.size()) * ratio).toSize());
        pixmap.setDevicePixelRatio(ratio);
        painter->drawPixmap(rect, pixmap);
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State) override
    {
        return render(m_name, colorOf(mode), size);
    }

    QIconEngine* clone() const override { return new ThemedEngine(m_theme, m_name, m_role); }

private:
    QColor colorOf(QIcon::Mode mode) const { return m_theme.color(mode == QIcon::Disabled ? Role::disabledText : m_role); }

    const Theme& m_theme;
    IconName m_name;
    Role m_role;
};

QLatin1StringView baseName(IconName name)
{
    switch (name) {
    case IconName::key: return "key"_L1;
    case IconName::search: return "search"_L1;
    case IconName::reload: return "refresh-cw"_L1;
    case IconName::plus: return "plus"_L1;
    case IconName::copy: return "copy"_L1;
    case IconName::check: return "check"_L1;
    case IconName::ok: return "circle-check"_L1;
    case IconName::soon: return "clock"_L1;
    case IconName::expired: return "circle-x"_L1;
    case IconName::disabled: return "ban"_L1;
    case IconName::warning: return "triangle-alert"_L1;
    case IconName::info: return "info"_L1;
    case IconName::show: return "eye"_L1;
    case IconName::hide: return "eye-off"_L1;
    case IconName::trash: return "trash-2"_L1;
    case IconName::close: return "x"_L1;
    case IconName::lock: return "lock"_L1;
    case IconName::unplugged: return "unplug"_L1;
    case IconName::database: return "database"_L1;
    case IconName::repair: return "wrench"_L1;
    case IconName::filter: return "funnel"_L1;
    case IconName::command: return "command"_L1;
    case IconName::up: return "arrow-up"_L1;
    case IconName::down: return "arrow-down"_L1;
    case IconName::arrow: return "arrow-right"_L1;
    case IconName::busy: return "loader-circle"_L1;
    case IconName::chevron: return "chevron-down"_L1;
    case IconName::settings: return "settings"_L1;
    }
    Q_UNREACHABLE();
}

} // namespace

QString iconFile(IconName name)
{
    return ":/latchkey/icons/"_L1 + baseName(name) + ".svg"_L1;
}

QIcon applicationIcon()
{
    initResources();
    // Rendered here, so that it does not depend on the SVG image plug-in being installed.
    QIcon icon;
    QSvgRenderer renderer(u":/latchkey/icons/org.latchkey.Latchkey.svg"_s);
    for (const int side : {16, 24, 32, 48, 64, 128, 256}) {
        QPixmap pixmap(side, side);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        renderer.render(&painter);
        painter.end();
        icon.addPixmap(pixmap);
    }
    return icon;
}

QIcon Theme::icon(IconName name, Role role) const
{
    return QIcon(new ThemedEngine(*this, name, role));   // QIcon owns its engine
}

QPixmap Theme::pixmap(IconName name, Role role, int size, qreal devicePixelRatio) const
{
    QPixmap pixmap = render(name, color(role), (QSizeF(size, size) * devicePixelRatio).toSize());
    pixmap.setDevicePixelRatio(devicePixelRatio);
    return pixmap;
}

} // namespace latchkey::ui
