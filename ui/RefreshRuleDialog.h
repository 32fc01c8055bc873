// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "RefreshRule.h"

#include <QDialog>
#include <QList>

#include <utility>

class QCheckBox;
class QComboBox;
class QListWidget;
class QSpinBox;

namespace latchkey::ui {

class Button;
class TextField;
class TextLabel;
class Theme;

/// One rule of automatic refresh, with its dry run below: what it would do now, kept up as the rule is typed.
class RefreshRuleDialog final : public QDialog {
    Q_OBJECT

public:
    using Accounts = QList<std::pair<std::string, QString>>;   ///< Id and name.
    RefreshRuleDialog(const Theme& theme, RefreshRule rule, const Accounts& accounts, QWidget* parent = nullptr);

    [[nodiscard]] RefreshRule rule() const;
    /// The tokens it would refresh now, one a line, and how many it means altogether.
    void setDryRun(const QStringList& now, int meant);

Q_SIGNALS:
    void dryRunRequested(const latchkey::ui::RefreshRule& rule);

private:
    void changed();

    QString m_id;
    TextField* m_query;
    TextLabel* m_problem;
    QComboBox* m_account;
    QSpinBox* m_days;
    QCheckBox* m_on;
    TextLabel* m_summary;
    QListWidget* m_dryRun;
    Button* m_save;
};

} // namespace latchkey::ui
