// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "RefreshRulesPanel.h"

#include "Button.h"
#include "TextLabel.h"

#include <QHeaderView>
#include <QTableWidget>
#include <QUuid>
#include <QVBoxLayout>

#include <algorithm>

namespace latchkey::ui {

using namespace Qt::StringLiterals;

namespace {

QTableWidget* plainTable(const QStringList& headers, const QString& name, const char* objectName)
{
    auto* table = new QTableWidget(0, static_cast<int>(headers.size()));
    table->setObjectName(QLatin1String(objectName));
    table->setAccessibleName(name);
    table->setHorizontalHeaderLabels(headers);
    table->verticalHeader()->hide();
    table->setShowGrid(false);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setSelectionMode(QAbstractItemView::SingleSelection);
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setTabKeyNavigation(false);
    table->horizontalHeader()->setHighlightSections(false);
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);
    table->setMinimumHeight(table->fontMetrics().height() * 8);
    return table;
}

QTableWidgetItem* cell(const QString& text)
{
    auto* item = new QTableWidgetItem(text);
    item->setToolTip(text);
    return item;
}

} // namespace

RefreshRulesPanel::RefreshRulesPanel(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_table(plainTable({tr("On"), tr("Tokens"), tr("Account"), tr("Before the end")}, tr("Rules of automatic refresh"), "rulesTable"))
    , m_log(plainTable({tr("When"), tr("Token"), tr("Outcome")}, tr("What automatic refresh did"), "rulesLog"))
    , m_logTitle(new TextLabel(theme, Role::text, TextLabel::Size::strong, tr("What it did")))
    , m_edit(new Button(theme, Button::Kind::standard, tr("Edit and dry run…")))
    , m_remove(new Button(theme, Button::Kind::danger, tr("Remove")))
{
    auto* title = new TextLabel(theme, Role::text, TextLabel::Size::strong, tr("Automatic refresh"));
    auto* hint = new TextLabel(theme, Role::mutedText, TextLabel::Size::caption,
                               tr("Refreshes the tokens you name some days before they end, while Latchkey runs. No rule is on unless you turn it on."));
    hint->setWordWrap(true);
    auto* add = new Button(theme, Button::Kind::standard, tr("Add rule…"));
    add->setObjectName(u"ruleAdd"_s);
    m_edit->setObjectName(u"ruleEdit"_s);
    m_remove->setObjectName(u"ruleRemove"_s);
    m_log->horizontalHeader()->setSectionResizeMode(2, QHeaderView::Stretch);

    auto* buttons = new QHBoxLayout;
    buttons->addWidget(add);
    buttons->addWidget(m_edit);
    buttons->addWidget(m_remove);
    buttons->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(grid);
    column->addWidget(title);
    column->addWidget(hint);
    column->addWidget(m_table, 1);
    column->addLayout(buttons);
    column->addWidget(m_logTitle);
    column->addWidget(m_log, 1);

    connect(add, &Button::clicked, this, [this] { edit({.id = QUuid::createUuid().toString(QUuid::WithoutBraces), .on = false, .query = {}, .profileId = {}, .daysBefore = 14}); });
    connect(m_edit, &Button::clicked, this, [this] {
        if (chosen() >= 0)
            edit(m_rules[static_cast<std::size_t>(chosen())]);
    });
    connect(m_remove, &Button::clicked, this, &RefreshRulesPanel::removeChosen);
    connect(m_table, &QTableWidget::itemSelectionChanged, this, [this] {
        m_edit->setEnabled(chosen() >= 0);
        m_remove->setEnabled(chosen() >= 0);
    });
    connect(m_table, &QTableWidget::itemChanged, this, [this](const QTableWidgetItem* item) {
        if (m_showing || item->column() != 0)
            return;
        m_rules[static_cast<std::size_t>(item->row())].on = item->checkState() == Qt::Checked;
        Q_EMIT rulesChanged(m_rules);
    });
    show();
    setLog({});
}

int RefreshRulesPanel::chosen() const
{
    const auto rows = m_table->selectionModel()->selectedRows();
    return rows.isEmpty() ? -1 : rows.front().row();
}

QString RefreshRulesPanel::accountName(const std::string& id) const
{
    if (id.empty())
        return tr("Every account");
    const auto found = std::ranges::find_if(m_accounts, [&](const auto& account) { return account.first == id; });
    return found != m_accounts.end() ? found->second : tr("An account that is not watched now");
}

void RefreshRulesPanel::setAccounts(RefreshRuleDialog::Accounts accounts)
{
    m_accounts = std::move(accounts);
    show();
}

void RefreshRulesPanel::setRules(std::vector<RefreshRule> rules)
{
    m_rules = std::move(rules);
    show();
}

void RefreshRulesPanel::show()
{
    m_showing = true;
    m_table->setRowCount(static_cast<int>(m_rules.size()));
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const RefreshRule& rule = m_rules[static_cast<std::size_t>(row)];
        auto* on = new QTableWidgetItem;
        on->setFlags(Qt::ItemIsSelectable | Qt::ItemIsEnabled | Qt::ItemIsUserCheckable);
        on->setCheckState(rule.on ? Qt::Checked : Qt::Unchecked);
        on->setData(Qt::AccessibleTextRole, rule.on ? tr("On") : tr("Off"));
        m_table->setItem(row, 0, on);
        m_table->setItem(row, 1, cell(rule.query));
        m_table->setItem(row, 2, cell(accountName(rule.profileId)));
        m_table->setItem(row, 3, cell(tr("%n day(s)", nullptr, rule.daysBefore)));
    }
    m_table->resizeColumnToContents(0);
    m_table->resizeColumnToContents(2);
    m_showing = false;
    m_edit->setEnabled(chosen() >= 0);
    m_remove->setEnabled(chosen() >= 0);
}

void RefreshRulesPanel::setLog(const std::vector<RefreshLogLine>& lines)
{
    m_logTitle->setVisible(!lines.empty());
    m_log->setVisible(!lines.empty());
    m_log->setRowCount(static_cast<int>(lines.size()));
    for (int row = 0; row < m_log->rowCount(); ++row) {
        const RefreshLogLine& line = lines[static_cast<std::size_t>(row)];
        m_log->setItem(row, 0, cell(line.when));
        m_log->setItem(row, 1, cell(line.token));
        m_log->setItem(row, 2, cell(line.outcome));
        if (line.failed)
            m_log->item(row, 2)->setForeground(m_theme.color(Role::danger));
    }
    m_log->resizeColumnToContents(0);
}

void RefreshRulesPanel::edit(RefreshRule rule)
{
    auto* dialog = new RefreshRuleDialog(m_theme, std::move(rule), m_accounts, window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &RefreshRuleDialog::dryRunRequested, this, [this, dialog](const RefreshRule& wanted) { Q_EMIT dryRunRequested(dialog, wanted); });
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        const RefreshRule saved = dialog->rule();
        const auto same = std::ranges::find(m_rules, saved.id, &RefreshRule::id);
        if (same != m_rules.end())
            *same = saved;
        else
            m_rules.push_back(saved);
        show();
        Q_EMIT rulesChanged(m_rules);
    });
    dialog->open();
}

void RefreshRulesPanel::removeChosen()
{
    const int row = chosen();
    if (row < 0)
        return;
    m_rules.erase(m_rules.begin() + row);
    show();
    Q_EMIT rulesChanged(m_rules);
}

} // namespace latchkey::ui
