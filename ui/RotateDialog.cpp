// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "RotateDialog.h"

#include "OperationNames.h"
#include "RotateForm.h"

namespace latchkey::ui {

RotateDialog::RotateDialog(const Theme& theme, Facts facts, QWidget* parent)
    : RotateDialog(theme, new RotateForm(theme, std::move(facts)), parent)
{
}

RotateDialog::RotateDialog(const Theme& theme, RotateForm* form, QWidget* parent)
    : SecretDialog(theme, Occasion::rotated, form, parent)
    , m_form(form)
{
    setObjectName(names::rotateDialog);
    setWindowTitle(tr("Rotate the secret"));
    connect(m_form, &RotateForm::submitted, this, &RotateDialog::rotateRequested);
    connect(m_form, &RotateForm::cancelled, this, &RotateDialog::reject);
}

void RotateDialog::setNow(std::chrono::sys_seconds now)
{
    m_form->setNow(now);
}

void RotateDialog::setKeychainUnusable(const std::optional<QString>& reason)
{
    m_form->setKeychainUnusable(reason);
}

void RotateDialog::showError(const Error& error)
{
    m_form->showError(QString::fromStdString(error.message));
}

bool RotateDialog::isBusy() const
{
    return m_form->isBusy();
}

void RotateDialog::setIdle()
{
    m_form->setBusy(false);
}

} // namespace latchkey::ui
