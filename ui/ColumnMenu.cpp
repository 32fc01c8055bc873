// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ColumnMenu.h"

#include "ObjectNames.h"
#include "TokenModel.h"
#include "TokenTable.h"

namespace latchkey::ui {

ColumnMenu::ColumnMenu(TokenTable& table, QWidget* parent)
    : QMenu(tr("&Columns"), parent)
    , m_table(table)
{
    setObjectName(names::columnMenu);
    fill();
    connect(this, &QMenu::aboutToShow, this, &ColumnMenu::fill);
}

void ColumnMenu::fill()
{
    clear();
    for (int column = 0; column < TokenModel::ColumnCount; ++column) {
        if (column == TokenModel::Name || !m_table.isColumnOffered(column))
            continue;   // a row without it would say nothing
        QAction* action = addAction(TokenModel::columnTitle(column));
        action->setCheckable(true);
        action->setChecked(m_table.isColumnChosen(column));
        connect(action, &QAction::toggled, this, [this, column](bool chosen) { m_table.chooseColumn(column, chosen); });
    }
    addSeparator();
    addMoves(tr("Move towards the beginning"), QString(names::columnsEarlier), -1);
    addMoves(tr("Move towards the end"), QString(names::columnsLater), 1);
    addSeparator();
    connect(addAction(tr("Reset the columns")), &QAction::triggered, this, [this] { m_table.resetColumns(); });
}

void ColumnMenu::addMoves(const QString& title, const QString& name, int by)
{
    auto* menu = new QMenu(title, this);
    menu->setObjectName(name);
    const QList<int> columns = m_table.chosenColumns();
    for (qsizetype place = 0; place < columns.size(); ++place) {
        const int column = columns[place];
        if (column == TokenModel::State || place + by < 1 || place + by >= columns.size())
            continue;
        connect(menu->addAction(TokenModel::columnTitle(column)), &QAction::triggered, this,
                [this, column, by] { m_table.moveColumn(column, by); });
    }
    menu->setEnabled(!menu->isEmpty());
    addMenu(menu);
}

} // namespace latchkey::ui
