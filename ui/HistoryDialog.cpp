// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "HistoryDialog.h"

#include "BatchDelegate.h"
#include "Button.h"
#include "HistoryModel.h"
#include "OperationNames.h"
#include "SearchField.h"
#include "TextLabel.h"

#include <QHeaderView>
#include <QTableView>
#include <QVBoxLayout>

namespace latchkey::ui {

HistoryDialog::HistoryDialog(const Theme& theme, std::vector<HistoryEntry> newestFirst, const QString& search, QWidget* parent)
    : QDialog(parent)
    , m_model(new HistoryModel(std::move(newestFirst), this))
    , m_count(new TextLabel(theme, Role::mutedText, TextLabel::Size::body))
{
    setObjectName(names::historyDialog);
    setWindowTitle(tr("History of changes"));
    auto* title = new TextLabel(theme, Role::text, TextLabel::Size::heading, tr("What was changed from this computer"));
    auto* field = new SearchField(theme);
    field->setObjectName(names::historySearch);
    field->setAccessibleName(tr("Search the history"));
    field->setPlaceholderText(tr("Search tokens, changes, accounts, dates"));
    auto* table = new QTableView;
    table->setObjectName(names::historyTable);
    table->setAccessibleName(tr("History of changes"));
    table->setModel(m_model);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 14);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setResizeContentsPrecision(50);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table->horizontalHeader()->setStretchLastSection(true);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setTabKeyNavigation(false);
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setFrameShape(QFrame::NoFrame);
    table->setItemDelegate(new BatchDelegate(theme, table));
    auto* close = new Button(theme, Button::Kind::primary, tr("Close"));
    close->setObjectName(names::historyClose);
    m_count->setObjectName(names::historyCount);
    auto* foot = new QHBoxLayout;
    foot->addWidget(m_count, 1);
    foot->addWidget(close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * grid, 3 * grid, 3 * grid, 2 * grid);
    column->setSpacing(grid);
    column->addWidget(title);
    column->addWidget(field);
    column->addWidget(table, 1);
    column->addLayout(foot);
    resize(fontMetrics().averageCharWidth() * 130, fontMetrics().height() * 32);
    connect(field, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_model->setSearch(text);
        count();
    });
    connect(close, &Button::clicked, this, &QDialog::accept);
    field->setText(search);
    field->setFocus();
    count();
}

void HistoryDialog::count()
{
    m_count->setText(tr("%n change(s)", nullptr, m_model->rowCount()));
}

} // namespace latchkey::ui
