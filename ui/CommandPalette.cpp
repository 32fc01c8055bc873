// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "CommandPalette.h"

#include "ActionDelegate.h"
#include "ObjectNames.h"
#include "TextField.h"
#include "Theme.h"
#include "ThemeStyle.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QListView>
#include <QPainter>
#include <QTimer>
#include <QVBoxLayout>

namespace latchkey::ui {

namespace {
constexpr int shownRows = 10;
}

CommandPalette::CommandPalette(const Theme& theme, QList<QAction*> actions, PaletteTokens tokens, QWidget* parent)
    : QDialog(parent, Qt::Dialog | Qt::FramelessWindowHint)
    , m_theme(theme)
    , m_model(std::move(actions), std::move(tokens))
    , m_input(new TextField)
    , m_list(new QListView)
{
    setObjectName(names::actionPalette);
    setWindowTitle(tr("Find an action or a token"));
    setModal(true);
    m_input->setObjectName(names::actionPaletteInput);
    m_input->setPlaceholderText(tr("Find an action or a token"));
    m_input->setAccessibleName(tr("Find an action or a token"));
    m_input->installEventFilter(this);
    m_list->setObjectName(names::actionPaletteList);
    m_list->setAccessibleName(tr("Actions and tokens"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setItemDelegate(new ActionDelegate(theme, m_list));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setUniformItemSizes(true);
    m_list->setModel(&m_model);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(grid, grid, grid, grid);
    column->addWidget(m_input);
    column->addWidget(m_list);
    connect(m_input, &QLineEdit::textChanged, &m_model, &PaletteModel::setPattern);
    connect(&m_model, &QAbstractItemModel::modelReset, this, [this] { choose(0); });
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex& index) {
        choose(index.row());
        takeCurrent();
    });
    choose(0);
    setFixedSize(fontMetrics().averageCharWidth() * 62, (fontMetrics().height() + 14) * shownRows + m_input->sizeHint().height() + 4 * grid);
}

void CommandPalette::choose(int row)
{
    m_list->setCurrentIndex(m_model.index(row, 0));
    tellChoice();
}

/// The list never has the focus, so a screen reader would not read its current row: the field's description is that row.
void CommandPalette::tellChoice()
{
    const QModelIndex current = m_list->currentIndex();
    m_input->setAccessibleDescription(current.isValid() ? current.data(Qt::AccessibleTextRole).toString()
                                                        : m_model.isSearching() ? tr("Searching…") : tr("Nothing found"));
    QAccessibleEvent event(m_input, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
}

void CommandPalette::takeCurrent()
{
    const QModelIndex current = m_list->currentIndex();
    if (!current.isValid())
        return;
    QAction* action = m_model.actionAt(current.row());
    const access::TokenId token = m_model.tokenAt(current.row());
    accept();
    // After the palette is gone, so that a dialog the action opens gets the focus.
    if (action)
        QTimer::singleShot(0, action, &QAction::trigger);
    else
        Q_EMIT tokenChosen(token);
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (watched != m_input || event->type() != QEvent::KeyPress)
        return QDialog::eventFilter(watched, event);
    const int count = m_model.rowCount();
    const int row = m_list->currentIndex().row();
    const auto to = [&](int wanted) {
        if (count)
            choose(wanted);
        return true;
    };
    switch (static_cast<QKeyEvent*>(event)->key()) {
    case Qt::Key_Down: return to((row + 1) % std::max(count, 1));
    case Qt::Key_Up: return to((row + count - 1) % std::max(count, 1));
    case Qt::Key_PageDown: return to(std::min(row + shownRows, count - 1));
    case Qt::Key_PageUp: return to(std::max(row - shownRows, 0));
    case Qt::Key_Return:
    case Qt::Key_Enter: takeCurrent(); return true;
    default: return QDialog::eventFilter(watched, event);
    }
}

void CommandPalette::showEvent(QShowEvent* event)
{
    if (const QWidget* window = parentWidget())
        move(window->mapToGlobal(QPoint((window->width() - width()) / 2, 8 * grid)));
    QDialog::showEvent(event);
    m_input->setFocus();
}

void CommandPalette::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.color(Role::surface));
    drawRounded(painter, QRectF(rect()), {}, m_theme.color(Role::controlBorder), 0);
}

} // namespace latchkey::ui
