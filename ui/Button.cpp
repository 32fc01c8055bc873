// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Button.h"

#include "Theme.h"

#include <QKeyEvent>

namespace latchkey::ui {

namespace {

Role iconRole(Button::Kind kind)
{
    switch (kind) {
    case Button::Kind::primary: return Role::onAccent;
    case Button::Kind::destructive: return Role::onDanger;
    case Button::Kind::danger: return Role::danger;
    case Button::Kind::quiet: return Role::mutedText;
    case Button::Kind::standard:
    case Button::Kind::chip: break;
    }
    return Role::text;
}

} // namespace

Button::Button(const Theme& theme, Kind kind, const QString& text, QWidget* parent)
    : QPushButton(text, parent)
    , m_theme(theme)
    , m_kind(kind)
{
    setAutoDefault(false);   // Enter belongs to the button a dialog names as its default
    setCheckable(kind == Kind::chip);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    if (kind == Kind::chip)
        setFont(Theme::captionFont());
}

Button::Button(const Theme& theme, IconName icon, const QString& name, Kind kind, QWidget* parent)
    : Button(theme, kind, QString(), parent)
{
    setThemedIcon(icon);
    setAccessibleName(name);
    setToolTip(name);
}

void Button::keyPressEvent(QKeyEvent* event)
{
    // Enter presses the button that has the focus, in windows and dialogs alike.
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        click();
    else
        QPushButton::keyPressEvent(event);
}

void Button::changeEvent(QEvent* event)
{
    QPushButton::changeEvent(event);
    if (event->type() == QEvent::ApplicationFontChange && m_kind == Kind::chip)
        setFont(Theme::captionFont());
}

void Button::setKind(Kind kind)
{
    m_kind = kind;
    updateGeometry();
    update();
}

void Button::setThemedIcon(IconName icon)
{
    setIcon(m_theme.icon(icon, iconRole(m_kind)));
}

} // namespace latchkey::ui
