// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ActionPalette.h"

#include "ActionDelegate.h"
#include "ObjectNames.h"
#include "TextField.h"
#include "Theme.h"
#include "ThemeStyle.h"

#include <QAction>
#include <QKeyEvent>
#include <QListWidget>
#include <QPainter>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace latchkey::ui {

ActionPalette::ActionPalette(const Theme& theme, QList<QAction*> actions, QWidget* parent)
    : QDialog(parent, Qt::Dialog | Qt::FramelessWindowHint)
    , m_theme(theme)
    , m_actions(std::move(actions))
    , m_input(new TextField)
    , m_list(new QListWidget)
{
    setObjectName(names::actionPalette);
    setWindowTitle(tr("Find an action"));
    setModal(true);
    m_input->setObjectName(names::actionPaletteInput);
    m_input->setPlaceholderText(tr("Find an action"));
    m_input->setAccessibleName(tr("Find an action"));
    m_input->installEventFilter(this);
    m_list->setObjectName(names::actionPaletteList);
    m_list->setAccessibleName(tr("Actions"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setItemDelegate(new ActionDelegate(theme, m_list));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(grid, grid, grid, grid);
    column->addWidget(m_input);
    column->addWidget(m_list);
    connect(m_input, &QLineEdit::textChanged, this, &ActionPalette::filter);
    connect(m_list, &QListWidget::itemClicked, this, &ActionPalette::triggerCurrent);
    filter({});
    setFixedSize(fontMetrics().averageCharWidth() * 62, (fontMetrics().height() + 14) * static_cast<int>(std::min<qsizetype>(m_actions.size(), 10)) + m_input->sizeHint().height() + 4 * grid);
}

void ActionPalette::filter(const QString& text)
{
    m_list->clear();
    const QStringList words = text.toCaseFolded().split(u' ', Qt::SkipEmptyParts);
    for (qsizetype i = 0; i < m_actions.size(); ++i) {
        const QAction* action = m_actions[i];
        const QString folded = action->iconText().toCaseFolded();
        const bool matches = std::ranges::all_of(words, [&](const QString& word) { return folded.contains(word); });
        if (!matches || !action->isEnabled())
            continue;
        auto* item = new QListWidgetItem(action->iconText(), m_list);
        item->setData(ActionDelegate::ShortcutRole, action->shortcut().toString(QKeySequence::NativeText));
        item->setData(ActionDelegate::IndexRole, i);
    }
    m_list->setCurrentRow(0);
}

void ActionPalette::triggerCurrent()
{
    const QListWidgetItem* item = m_list->currentItem();
    if (!item)
        return;
    QAction* action = m_actions[item->data(ActionDelegate::IndexRole).toInt()];
    accept();
    // After the palette is gone, so that a dialog the action opens gets the focus.
    QTimer::singleShot(0, action, &QAction::trigger);
}

bool ActionPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (watched != m_input || event->type() != QEvent::KeyPress)
        return QDialog::eventFilter(watched, event);
    const int count = m_list->count();
    switch (static_cast<QKeyEvent*>(event)->key()) {
    case Qt::Key_Down:
        if (count)
            m_list->setCurrentRow((m_list->currentRow() + 1) % count);
        return true;
    case Qt::Key_Up:
        if (count)
            m_list->setCurrentRow((m_list->currentRow() + count - 1) % count);
        return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        triggerCurrent();
        return true;
    default:
        return QDialog::eventFilter(watched, event);
    }
}

void ActionPalette::showEvent(QShowEvent* event)
{
    if (const QWidget* window = parentWidget()) {
        const QPoint top = window->mapToGlobal(QPoint((window->width() - width()) / 2, 8 * grid));
        move(top);
    }
    QDialog::showEvent(event);
    m_input->setFocus();
}

void ActionPalette::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.color(Role::surface));
    drawRounded(painter, QRectF(rect()), {}, m_theme.color(Role::controlBorder), 0);
}

} // namespace latchkey::ui
