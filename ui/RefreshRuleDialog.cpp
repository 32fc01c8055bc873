// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "RefreshRuleDialog.h"

#include "Button.h"
#include "TextField.h"
#include "TextLabel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QListWidget>
#include <QSpinBox>
#include <QVBoxLayout>

namespace latchkey::ui {

using namespace Qt::StringLiterals;

RefreshRuleDialog::RefreshRuleDialog(const Theme& theme, RefreshRule rule, const Accounts& accounts, QWidget* parent)
    : QDialog(parent)
    , m_id(rule.id)
    , m_query(new TextField)
    , m_problem(new TextLabel(theme, Role::danger, TextLabel::Size::caption))
    , m_account(new QComboBox)
    , m_days(new QSpinBox)
    , m_on(new QCheckBox(tr("Refresh without asking")))
    , m_summary(new TextLabel(theme, Role::text, TextLabel::Size::strong))
    , m_dryRun(new QListWidget)
    , m_save(new Button(theme, Button::Kind::primary, tr("Save rule")))
{
    setObjectName(u"ruleDialog"_s);
    setWindowTitle(tr("Automatic refresh"));
    m_query->setObjectName(u"ruleQuery"_s);
    m_query->setText(rule.query);
    m_query->setPlaceholderText(tr("name:ci*"));
    m_problem->setObjectName(u"ruleProblem"_s);
    m_problem->setWordWrap(true);
    m_account->setObjectName(u"ruleAccount"_s);
    m_account->addItem(tr("Every account"), QString());
    for (const auto& [id, name] : accounts)
        m_account->addItem(name, QString::fromStdString(id));
    m_account->setCurrentIndex(std::max(0, m_account->findData(QString::fromStdString(rule.profileId))));
    m_days->setObjectName(u"ruleDays"_s);
    m_days->setRange(1, RefreshRule::mostDays);
    m_days->setValue(rule.daysBefore);
    m_days->setSuffix(tr(" days before the end"));
    m_on->setObjectName(u"ruleOn"_s);
    m_on->setChecked(rule.on);
    m_summary->setObjectName(u"ruleSummary"_s);
    m_dryRun->setObjectName(u"ruleDryRun"_s);
    m_dryRun->setAccessibleName(tr("Dry run: what the rule would refresh now"));
    m_save->setObjectName(u"ruleSave"_s);
    m_save->setDefault(true);

    auto* form = new QFormLayout;
    form->setHorizontalSpacing(2 * grid);
    form->setVerticalSpacing(grid);
    form->addRow(tr("&Tokens"), m_query);
    form->addRow(QString(), m_problem);
    form->addRow(tr("&Account"), m_account);
    form->addRow(tr("&When"), m_days);
    form->addRow(QString(), m_on);
    auto* hint = new TextLabel(theme, Role::mutedText, TextLabel::Size::caption,
                               tr("A refresh lets a token end one year from then and keeps its secret. Disabled tokens and those past their end are left alone."));
    hint->setWordWrap(true);
    hint->setMinimumWidth(hint->fontMetrics().averageCharWidth() * 70);
    auto* cancel = new Button(theme, Button::Kind::standard, tr("Cancel"));
    cancel->setObjectName(u"ruleCancel"_s);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_save);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * grid, 3 * grid, 3 * grid, 2 * grid);
    column->setSpacing(grid);
    column->addWidget(new TextLabel(theme, Role::text, TextLabel::Size::heading, tr("Automatic refresh")));
    column->addLayout(form);
    column->addWidget(hint);
    column->addSpacing(grid);
    column->addWidget(m_summary);
    column->addWidget(m_dryRun, 1);
    column->addSpacing(grid);
    column->addLayout(buttons);

    connect(m_query, &QLineEdit::textChanged, this, &RefreshRuleDialog::changed);
    connect(m_account, &QComboBox::currentIndexChanged, this, &RefreshRuleDialog::changed);
    connect(m_days, &QSpinBox::valueChanged, this, &RefreshRuleDialog::changed);
    connect(m_save, &Button::clicked, this, &QDialog::accept);
    connect(cancel, &Button::clicked, this, &QDialog::reject);
    // Once somebody listens: the first dry run is asked for too.
    QMetaObject::invokeMethod(this, &RefreshRuleDialog::changed, Qt::QueuedConnection);
    m_query->setFocus();
}

RefreshRule RefreshRuleDialog::rule() const
{
    return {.id = m_id,
            .on = m_on->isChecked(),
            .query = m_query->text().trimmed(),
            .profileId = m_account->currentData().toString().toStdString(),
            .daysBefore = m_days->value()};
}

void RefreshRuleDialog::changed()
{
    const QString problem = problemOf(rule());
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    m_query->setInvalid(!problem.isEmpty() && !m_query->text().isEmpty());
    m_query->setAccessibleDescription(problem);
    m_save->setEnabled(problem.isEmpty());
    if (problem.isEmpty()) {
        Q_EMIT dryRunRequested(rule());
    } else {
        setDryRun({}, 0);
        m_summary->clear();   // that it means none would be said of a text that cannot be read
    }
}

void RefreshRuleDialog::setDryRun(const QStringList& now, int meant)
{
    m_summary->setText(tr("Dry run: it means %1 and would refresh %2 now.").arg(tr("%n token(s)", nullptr, meant), QLocale().toString(now.size())));
    m_dryRun->clear();
    m_dryRun->addItems(now);
    m_dryRun->setEnabled(!now.isEmpty());
}

} // namespace latchkey::ui
