// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "CreateTokenDialog.h"

#include "CreateTokenForm.h"
#include "ObjectNames.h"

namespace latchkey::ui {

CreateTokenDialog::CreateTokenDialog(const Theme& theme, std::chrono::sys_seconds now, QWidget* parent)
    : CreateTokenDialog(theme, new CreateTokenForm(theme, now), parent)
{
}

CreateTokenDialog::CreateTokenDialog(const Theme& theme, CreateTokenForm* form, QWidget* parent)
    : SecretDialog(theme, Occasion::created, form, parent)
    , m_form(form)
{
    setObjectName(names::createDialog);
    setWindowTitle(tr("Create token"));
    connect(m_form, &CreateTokenForm::submitted, this, &CreateTokenDialog::createRequested);
    connect(m_form, &CreateTokenForm::newSecretRequested, this, &CreateTokenDialog::newSecretRequested);
    connect(m_form, &CreateTokenForm::cancelled, this, &CreateTokenDialog::reject);
}

void CreateTokenDialog::setNow(std::chrono::sys_seconds now)
{
    m_form->setNow(now);
}

void CreateTokenDialog::setKeychainUnusable(const std::optional<QString>& reason)
{
    m_form->setKeychainUnusable(reason);
}

void CreateTokenDialog::showError(const Error& error)
{
    m_form->showError(QString::fromStdString(error.message));
}

void CreateTokenDialog::offerNewSecret(const QString& text)
{
    m_form->offerNewSecret(text);
}

void CreateTokenDialog::showCreated(const access::ServiceToken& token, SecretBytes secret, KeepState keep)
{
    showIssued(token, std::move(secret), keep);
}

bool CreateTokenDialog::isBusy() const
{
    return m_form->isBusy();
}

void CreateTokenDialog::setIdle()
{
    m_form->setBusy(false);
}

} // namespace latchkey::ui
