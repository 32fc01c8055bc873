// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Tray.h"

#include "ui/Icon.h"

#include <QPainter>

namespace latchkey::app {

using namespace std::chrono_literals;

namespace {

constexpr std::array traySizes{16, 22, 24, 32, 48, 64};

/// The role of the mark on the icon; nullopt: nothing that needs a look.
std::optional<ui::Role> markOf(const TrayState& state, std::chrono::sys_seconds now)
{
    using Phase = ui::AgentStatus::Phase;
    if (state.ended > 0 || state.agent.phase == Phase::failed || state.agent.phase == Phase::stopped)
        return ui::Role::danger;
    if (!state.next.empty() && state.next.front().end - now <= std::chrono::days(7))
        return ui::Role::warning;
    return std::nullopt;
}

QIcon trayIcon(const ui::Theme& theme, std::optional<ui::Role> mark)
{
    QIcon icon;
    for (const int side : traySizes) {
        QPixmap picture = ui::applicationIcon().pixmap(side, side);
        if (mark) {
            QPainter painter(&picture);
            painter.setRenderHint(QPainter::Antialiasing);
            const qreal diameter = side * 0.44;
            const QRectF circle(side - diameter, side - diameter, diameter, diameter);
            // Not by colour alone: a ring with a hollow, so that it is a mark on any panel.
            painter.setPen(QPen(theme.color(ui::Role::surface), side / 16.0));
            painter.setBrush(theme.color(*mark));
            painter.drawEllipse(circle.adjusted(1, 1, -1, -1));
        }
        icon.addPixmap(picture);
    }
    return icon;
}

} // namespace

Tray::Tray(const ui::Theme& theme, ui::DateText dates, QObject* parent)
    : QObject(parent)
    , m_theme(theme)
    , m_dates(std::move(dates))
{
    m_menu.setObjectName(QStringLiteral("trayMenu"));
    setState({}, {});
}

Tray::~Tray() = default;

bool Tray::show()
{
    if (m_icon)
        return true;
    if (!QSystemTrayIcon::isSystemTrayAvailable())
        return false;
    m_icon = std::make_unique<QSystemTrayIcon>();
    m_icon->setContextMenu(&m_menu);
    connect(m_icon.get(), &QSystemTrayIcon::activated, this, [this](QSystemTrayIcon::ActivationReason reason) {
        if (reason == QSystemTrayIcon::Trigger || reason == QSystemTrayIcon::DoubleClick)
            Q_EMIT openRequested();
    });
    paint();
    m_icon->show();
    return true;
}

QString Tray::words(const ui::AgentStatus& status)
{
    using Phase = ui::AgentStatus::Phase;
    switch (status.phase) {
    case Phase::starting: return tr("The local agent is starting");
    case Phase::waitingForKeychain: return tr("The local agent waits for the keychain");
    case Phase::running: return status.edgeAddress.isEmpty() ? tr("The local agent runs") : tr("The local agent runs on %1").arg(status.edgeAddress);
    case Phase::restarting: return tr("The local agent is being restarted");
    case Phase::stopping: return tr("The local agent is stopping");
    case Phase::stopped: return tr("The local agent is stopped");
    case Phase::failed: return tr("The local agent could not be started");
    }
    return {};
}

void Tray::setState(TrayState state, std::chrono::sys_seconds now)
{
    m_state = std::move(state);
    QStringList lines{tr("Latchkey"), words(m_state.agent)};
    if (m_state.ended > 0)
        lines << tr("%n token(s) past the end", nullptr, m_state.ended);
    lines << (m_state.next.empty() ? tr("No token expires in the next time")
                                   : tr("Next: %1 expires %2").arg(m_state.next.front().name, m_dates.relative(m_state.next.front().end, now)));
    if (m_state.unwatched > 0)
        lines << tr("%n account(s) not watched: keychain locked or no answer", nullptr, m_state.unwatched);
    m_toolTip = lines.join(QLatin1Char('\n'));
    fillMenu(now);
    if (m_icon) {
        m_icon->setIcon(trayIcon(m_theme, markOf(m_state, now)));
        m_icon->setToolTip(m_toolTip);
    }
}

void Tray::paint()
{
    m_icon->setIcon(trayIcon(m_theme, std::nullopt));
    m_icon->setToolTip(m_toolTip);
}

void Tray::fillMenu(std::chrono::sys_seconds now)
{
    m_menu.clear();
    const auto add = [this](const QString& text, auto signal) {
        connect(m_menu.addAction(text), &QAction::triggered, this, signal);
    };
    const auto tell = [this](const QString& text) { m_menu.addAction(text)->setEnabled(false); };
    add(tr("Open Latchkey"), &Tray::openRequested);
    add(tr("New token…"), &Tray::createRequested);
    m_menu.addSeparator();
    tell(words(m_state.agent));
    if (m_state.unwatched > 0)
        tell(tr("%n account(s) not watched", nullptr, m_state.unwatched));
    m_menu.addSeparator();
    tell(m_state.next.empty() ? tr("No token expires in the next time") : tr("Next to expire"));
    for (const UpcomingEnd& upcoming : m_state.next) {
        // An ampersand in a name is no mnemonic.
        const QString name = QString(upcoming.name).replace(QLatin1Char('&'), QStringLiteral("&&"));
        connect(m_menu.addAction(tr("%1 · %2", "name, in 3 days").arg(name, m_dates.relative(upcoming.end, now))), &QAction::triggered, this,
                [this, token = upcoming.token] { Q_EMIT tokenRequested(token); });
    }
    m_menu.addSeparator();
    add(tr("Watching…"), &Tray::settingsRequested);
    add(tr("Quit Latchkey"), &Tray::quitRequested);
}

} // namespace latchkey::app
