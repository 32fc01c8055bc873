// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "RefreshRule.h"
#include "RefreshRuleDialog.h"

#include <QWidget>

#include <vector>

class QTableWidget;

namespace latchkey::ui {

class Button;
class TextLabel;
class Theme;

/// One line of what automatic refresh did.
struct RefreshLogLine {
    QString when;
    QString token;
    QString outcome;
    bool failed = false;
};

/// The rules of automatic refresh, and what they did. Changes are told as the whole list.
class RefreshRulesPanel final : public QWidget {
    Q_OBJECT

public:
    explicit RefreshRulesPanel(const Theme& theme, QWidget* parent = nullptr);

    void setAccounts(RefreshRuleDialog::Accounts accounts);
    void setRules(std::vector<RefreshRule> rules);
    void setLog(const std::vector<RefreshLogLine>& lines);   ///< Newest first.

Q_SIGNALS:
    void rulesChanged(const std::vector<latchkey::ui::RefreshRule>& rules);
    /// For the dialog on screen; answer with its setDryRun().
    void dryRunRequested(latchkey::ui::RefreshRuleDialog* dialog, const latchkey::ui::RefreshRule& rule);

private:
    void show();
    void edit(RefreshRule rule);
    void removeChosen();
    [[nodiscard]] int chosen() const;
    [[nodiscard]] QString accountName(const std::string& id) const;

    const Theme& m_theme;
    QTableWidget* m_table;
    QTableWidget* m_log;
    TextLabel* m_logTitle;
    Button* m_edit;
    Button* m_remove;
    std::vector<RefreshRule> m_rules;
    RefreshRuleDialog::Accounts m_accounts;
    bool m_showing = false;   ///< Changes of the table are ours.
};

} // namespace latchkey::ui
