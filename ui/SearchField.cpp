// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SearchField.h"

#include "Theme.h"

#include <QAction>
#include <QKeyEvent>
#include <QMenu>

namespace latchkey::ui {

SearchField::SearchField(const Theme& theme, QWidget* parent)
    : TextField(parent)
    , m_icon(addAction(theme.icon(IconName::search, Role::mutedText), QLineEdit::LeadingPosition))
{
    setTextMargins(2, 0, 2, 0);
    QAction* clear = addAction(theme.icon(IconName::close, Role::mutedText), QLineEdit::TrailingPosition);
    clear->setToolTip(tr("Clear the search"));
    clear->setVisible(false);
    connect(clear, &QAction::triggered, this, &QLineEdit::clear);
    connect(this, &QLineEdit::textChanged, clear, [clear](const QString& text) { clear->setVisible(!text.isEmpty()); });
}

void SearchField::setMenu(QMenu* menu, const QString& toolTip)
{
    m_menu = menu;
    m_icon->setToolTip(toolTip);
    connect(m_icon, &QAction::triggered, this, &SearchField::openMenu);
}

void SearchField::openMenu()
{
    if (m_menu)
        m_menu->popup(mapToGlobal(isRightToLeft() ? rect().bottomRight() : rect().bottomLeft()));
}

QSize SearchField::sizeHint() const
{
    return {fontMetrics().averageCharWidth() * 36, QLineEdit::sizeHint().height()};
}

bool SearchField::event(QEvent* event)
{
    // Esc is ours before it is the window's.
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        event->accept();
        return true;
    }
    return TextField::event(event);
}

void SearchField::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Escape:
        if (text().isEmpty())
            Q_EMIT left();
        else
            clear();
        return;
    case Qt::Key_Down:
        if (event->modifiers() & Qt::AltModifier) {
            openMenu();
            return;
        }
        [[fallthrough]];
    case Qt::Key_Return:
    case Qt::Key_Enter:
        Q_EMIT left();
        return;
    default:
        TextField::keyPressEvent(event);
    }
}

} // namespace latchkey::ui
