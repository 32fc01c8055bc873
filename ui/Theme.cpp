// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Theme.h"

#include "ThemeStyle.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPalette>

#include <array>

namespace latchkey::ui {

namespace {

struct Entry {
    Role role;
    QRgb light;
    QRgb dark;
};

constexpr std::array table{
    Entry{Role::window, 0xfff6f6f7, 0xff1c1c20},
    Entry{Role::sidebar, 0xffefeff1, 0xff18181b},
    Entry{Role::surface, 0xffffffff, 0xff232328},
    Entry{Role::codeSurface, 0xfff6f6f7, 0xff1c1c20},
    Entry{Role::hover, 0xfff3f4f8, 0xff2b2b32},
    Entry{Role::selection, 0xffe6edfc, 0xff27335a},
    Entry{Role::hairline, 0xffdcdce0, 0xff38383f},
    Entry{Role::controlBorder, 0xff8a8a93, 0xff74747f},
    Entry{Role::text, 0xff1d1d21, 0xffececf0},
    Entry{Role::mutedText, 0xff5f5f68, 0xffa0a0ab},
    Entry{Role::disabledText, 0xff9a9aa2, 0xff6c6c76},
    Entry{Role::accent, 0xff2f5fd0, 0xff2f5fd0},
    Entry{Role::accentHover, 0xff2852b8, 0xff3a69d8},
    Entry{Role::onAccent, 0xffffffff, 0xffffffff},
    Entry{Role::accentText, 0xff2b58c4, 0xff86a8ff},
    Entry{Role::success, 0xff1a7348, 0xff55c08a},
    Entry{Role::warning, 0xff8f5400, 0xffe9b660},
    Entry{Role::warningSurface, 0xfffdefd9, 0xff3b301e},
    Entry{Role::danger, 0xffb3261e, 0xffff8a80},
    Entry{Role::dangerSurface, 0xfffce8e6, 0xff452524},
    Entry{Role::onDanger, 0xffffffff, 0xff2b1110},
    Entry{Role::infoSurface, 0xffe6edfc, 0xff27335a},
};

constexpr std::array highContrastTable{
    Entry{Role::window, 0xffffffff, 0xff000000},
    Entry{Role::sidebar, 0xffffffff, 0xff000000},
    Entry{Role::surface, 0xffffffff, 0xff000000},
    Entry{Role::codeSurface, 0xffffffff, 0xff000000},
    Entry{Role::hover, 0xffececec, 0xff2a2a2a},
    Entry{Role::selection, 0xffd6e2ff, 0xff0b2a6e},
    Entry{Role::hairline, 0xff5a5a5a, 0xffa8a8a8},
    Entry{Role::controlBorder, 0xff000000, 0xffffffff},
    Entry{Role::text, 0xff000000, 0xffffffff},
    Entry{Role::mutedText, 0xff303030, 0xffe2e2e2},
    Entry{Role::disabledText, 0xff595959, 0xffa8a8a8},
    Entry{Role::accent, 0xff0b3ca8, 0xff0b3ca8},
    Entry{Role::accentHover, 0xff082c80, 0xff0d44bd},
    Entry{Role::onAccent, 0xffffffff, 0xffffffff},
    Entry{Role::accentText, 0xff08308a, 0xffc0d2ff},
    Entry{Role::success, 0xff06462a, 0xff8ff2bf},
    Entry{Role::warning, 0xff5a3200, 0xffffd88f},
    Entry{Role::warningSurface, 0xfffff2dc, 0xff2b1d00},
    Entry{Role::danger, 0xff7d0a05, 0xffffc2bc},
    Entry{Role::dangerSurface, 0xffffecea, 0xff33100e},
    Entry{Role::onDanger, 0xffffffff, 0xff2b0300},
    Entry{Role::infoSurface, 0xffe6eeff, 0xff0a1f4d},
};

// Every text role on every surface it is painted on; the unit test proves 4.5:1 for each in both schemes.
constexpr std::array pairs{
    Theme::Pair{Role::text, Role::window},
    Theme::Pair{Role::text, Role::sidebar},
    Theme::Pair{Role::text, Role::surface},
    Theme::Pair{Role::text, Role::codeSurface},
    Theme::Pair{Role::text, Role::hover},
    Theme::Pair{Role::text, Role::selection},
    Theme::Pair{Role::text, Role::warningSurface},
    Theme::Pair{Role::text, Role::dangerSurface},
    Theme::Pair{Role::text, Role::infoSurface},
    Theme::Pair{Role::mutedText, Role::window},
    Theme::Pair{Role::mutedText, Role::sidebar},
    Theme::Pair{Role::mutedText, Role::surface},
    Theme::Pair{Role::mutedText, Role::codeSurface},
    Theme::Pair{Role::mutedText, Role::hover},
    Theme::Pair{Role::mutedText, Role::selection},
    Theme::Pair{Role::onAccent, Role::accent},
    Theme::Pair{Role::onAccent, Role::accentHover},
    Theme::Pair{Role::onDanger, Role::danger},
    Theme::Pair{Role::accentText, Role::window},
    Theme::Pair{Role::accentText, Role::sidebar},
    Theme::Pair{Role::accentText, Role::surface},
    Theme::Pair{Role::accentText, Role::selection},
    Theme::Pair{Role::success, Role::window},
    Theme::Pair{Role::success, Role::sidebar},
    Theme::Pair{Role::success, Role::surface},
    Theme::Pair{Role::success, Role::hover},
    Theme::Pair{Role::success, Role::selection},
    Theme::Pair{Role::warning, Role::window},
    Theme::Pair{Role::warning, Role::sidebar},
    Theme::Pair{Role::warning, Role::surface},
    Theme::Pair{Role::warning, Role::hover},
    Theme::Pair{Role::warning, Role::selection},
    Theme::Pair{Role::warning, Role::warningSurface},
    Theme::Pair{Role::danger, Role::window},
    Theme::Pair{Role::danger, Role::sidebar},
    Theme::Pair{Role::danger, Role::surface},
    Theme::Pair{Role::danger, Role::hover},
    Theme::Pair{Role::danger, Role::selection},
    Theme::Pair{Role::danger, Role::dangerSurface},
};

QFont scaled(qreal factor)
{
    QFont font = QApplication::font();
    if (font.pointSizeF() > 0)
        font.setPointSizeF(font.pointSizeF() * factor);
    else
        font.setPixelSize(qRound(font.pixelSize() * factor));
    return font;
}

} // namespace

Theme::Theme(Scheme scheme, QObject* parent)
    : QObject(parent)
    , m_scheme(scheme)
{
}

void Theme::setScheme(Scheme scheme)
{
    if (scheme == m_scheme)
        return;
    m_scheme = scheme;
    change();
}

void Theme::setHighContrast(bool high)
{
    if (std::exchange(m_highContrast, high) != high)
        change();
}

void Theme::setMotionReduced(bool reduced)
{
    if (std::exchange(m_motionReduced, reduced) != reduced)
        change();
}

void Theme::change()
{
    if (m_application)
        applyPalette();
    Q_EMIT changed();
}

void Theme::applyTo(QApplication& application)
{
    m_application = &application;
    QApplication::setStyle(new ThemeStyle(*this));   // the application owns its style
    applyPalette();
}

void Theme::applyPalette()
{
    QApplication::setPalette(palette());
    QPalette dialog = palette();
    dialog.setColor(QPalette::Window, color(Role::surface));   // a dialog is a card of its own
    QApplication::setPalette(dialog, "QDialog");
}

QColor Theme::color(Scheme scheme, Role role, bool highContrast)
{
    for (const Entry& entry : highContrast ? highContrastTable : table) {
        if (entry.role == role)
            return QColor::fromRgb(scheme == Scheme::light ? entry.light : entry.dark);
    }
    Q_UNREACHABLE();
}

QPalette Theme::palette() const
{
    QPalette result;
    const auto set = [&](QPalette::ColorRole target, Role role) { result.setColor(target, color(role)); };
    set(QPalette::Window, Role::window);
    set(QPalette::WindowText, Role::text);
    set(QPalette::Base, Role::surface);
    set(QPalette::AlternateBase, Role::codeSurface);
    set(QPalette::Text, Role::text);
    set(QPalette::Button, Role::surface);
    set(QPalette::ButtonText, Role::text);
    set(QPalette::BrightText, Role::onAccent);
    set(QPalette::Highlight, Role::accent);
    set(QPalette::HighlightedText, Role::onAccent);
    set(QPalette::PlaceholderText, Role::mutedText);
    set(QPalette::ToolTipBase, Role::surface);
    set(QPalette::ToolTipText, Role::text);
    set(QPalette::Link, Role::accentText);
    set(QPalette::LinkVisited, Role::accentText);
    set(QPalette::Light, Role::surface);
    set(QPalette::Midlight, Role::hover);
    set(QPalette::Mid, Role::hairline);
    set(QPalette::Dark, Role::hairline);
    set(QPalette::Shadow, Role::hairline);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        result.setColor(QPalette::Disabled, role, color(Role::disabledText));
    return result;
}

QFont Theme::captionFont()
{
    return scaled(0.92);
}

QFont Theme::headingFont()
{
    QFont font = scaled(1.15);
    font.setWeight(QFont::Bold);
    return font;
}

QFont Theme::titleFont()
{
    QFont font = scaled(1.38);
    font.setWeight(QFont::Bold);
    return font;
}

QFont Theme::codeFont()
{
    QFont font = scaled(0.92);
    font.setFamilies(QFontDatabase::systemFont(QFontDatabase::FixedFont).families());
    font.setStyleHint(QFont::Monospace);
    font.setFixedPitch(true);
    return font;
}

std::span<const Theme::Pair> Theme::textPairs()
{
    return pairs;
}

} // namespace latchkey::ui
