// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "CreateTokenForm.h"

#include "BusyIndicator.h"
#include "Button.h"
#include "DurationField.h"
#include "IconLabel.h"
#include "NameField.h"
#include "ObjectNames.h"
#include "Panel.h"
#include "TextField.h"
#include "TextLabel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QVBoxLayout>

namespace latchkey::ui {

CreateTokenForm::CreateTokenForm(const Theme& theme, std::chrono::sys_seconds now, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_name(new NameField(theme))
    , m_duration(new DurationField(theme, now))
    , m_keep(new QCheckBox(tr("&Keep the secret in this computer's keychain")))
    , m_keepHint(new TextLabel(theme, Role::mutedText, TextLabel::Size::caption))
    , m_errorPanel(new Panel(theme, Role::dangerSurface))
    , m_error(new TextLabel(theme, Role::text, TextLabel::Size::body))
    , m_busySign(new BusyIndicator(theme, 2 * grid))
    , m_submit(new Button(theme, Button::Kind::primary, tr("&Create token")))
    , m_cancel(new Button(theme, Button::Kind::standard, tr("Cancel")))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * grid, 3 * grid, 3 * grid, 3 * grid);
    column->setSpacing(6);
    column->addWidget(new TextLabel(theme, Role::text, TextLabel::Size::heading, tr("Create a service token")));
    column->addSpacing(10);
    column->addWidget(m_name);
    column->addSpacing(10);
    column->addWidget(m_duration);
    column->addSpacing(10);
    buildKeep(*column);
    column->addStretch(1);
    buildButtons(*column);

    // One by one: the form that takes a list came with Qt 6.6.
    QWidget* previous = m_name->field();
    for (QWidget* next : std::initializer_list<QWidget*>{m_duration->choice(), m_duration->custom(), m_keep, m_cancel, m_submit}) {
        QWidget::setTabOrder(previous, next);
        previous = next;
    }
    setKeychainUnusable(std::nullopt);
    connect(m_name, &NameField::returnPressed, this, &CreateTokenForm::submit);
    connect(m_duration, &DurationField::returnPressed, this, &CreateTokenForm::submit);
    m_name->setFocus();
}

void CreateTokenForm::buildKeep(QVBoxLayout& column)
{
    m_keep->setObjectName(names::createKeep);
    m_keep->setChecked(true);
    m_keepHint->setObjectName(names::createKeepHint);
    m_keepHint->setWordWrap(true);
    m_keepHint->setContentsMargins(3 * grid, 0, 0, 0);
    column.addWidget(m_keep);
    column.addWidget(m_keepHint);
}

void CreateTokenForm::buildButtons(QVBoxLayout& column)
{
    m_errorPanel->setCard(true);
    m_error->setObjectName(names::createError);
    m_error->setWordWrap(true);
    auto* errorRow = new QHBoxLayout(m_errorPanel);
    errorRow->setContentsMargins(10, grid, 10, grid);
    errorRow->addWidget(new IconLabel(m_theme, IconName::warning, Role::danger), 0, Qt::AlignTop);
    errorRow->addWidget(m_error, 1);
    m_errorPanel->hide();
    column.addSpacing(grid);
    column.addWidget(m_errorPanel);

    auto* line = new Panel(m_theme, Role::hairline);
    line->setFixedHeight(1);
    m_submit->setObjectName(names::createSubmit);
    m_cancel->setObjectName(names::createCancel);
    m_busySign->hide();
    auto* row = new QHBoxLayout;
    row->setSpacing(grid);
    row->addWidget(m_busySign);
    row->addStretch(1);
    row->addWidget(m_cancel);
    row->addWidget(m_submit);
    column.addSpacing(grid);
    column.addWidget(line);
    column.addSpacing(grid);
    column.addLayout(row);
    connect(m_submit, &Button::clicked, this, &CreateTokenForm::submit);
    connect(m_cancel, &Button::clicked, this, &CreateTokenForm::cancelled);
}

void CreateTokenForm::setNow(std::chrono::sys_seconds now)
{
    m_duration->setNow(now);
}

void CreateTokenForm::setKeychainUnusable(const std::optional<QString>& reason)
{
    const bool keepable = !reason;
    if (keepable != m_keepable)
        m_keep->setChecked(keepable);
    m_keepable = keepable;
    m_keep->setEnabled(keepable && !m_busy);
    m_keepHint->setRole(reason ? Role::warning : Role::mutedText);
    m_keepHint->setText(reason ? tr("It cannot be kept now. %1 You can still create the token and copy the secret once.").arg(*reason)
                               : tr("Latchkey can then copy it later. Otherwise it is shown once and never again."));
    m_keep->setAccessibleDescription(m_keepHint->text());
}

void CreateTokenForm::submit()
{
    if (m_busy)
        return;
    if (m_made) {
        m_errorPanel->hide();
        setBusy(true);
        Q_EMIT newSecretRequested(m_keepable && m_keep->isChecked());
        return;
    }
    if (!m_name->validate() || !m_duration->validate())
        return;
    m_errorPanel->hide();
    const CreateTokenRequest request{.name = m_name->name(), .duration = *m_duration->duration(), .keep = m_keepable && m_keep->isChecked()};
    setBusy(true);
    Q_EMIT submitted(request);
}

void CreateTokenForm::setBusy(bool busy)
{
    m_busy = busy;
    m_name->setEnabled(!busy && !m_made);
    m_duration->setEnabled(!busy && !m_made);
    m_keep->setEnabled(m_keepable && !busy);
    m_submit->setEnabled(!busy);
    m_submit->setText(m_made ? tr("Get a &new secret") : busy ? tr("Creating…") : tr("&Create token"));
    m_busySign->setVisible(busy);
    if (busy)
        m_cancel->setFocus();
}

void CreateTokenForm::showError(const QString& text)
{
    setBusy(false);
    m_error->setText(text);
    m_errorPanel->setVisible(!text.isEmpty());
    m_submit->setFocus();
}

void CreateTokenForm::offerNewSecret(const QString& text)
{
    m_made = true;
    showError(text);
}

} // namespace latchkey::ui
