// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "CreateTokenDialog.h"

#include "ConfirmDialog.h"
#include "CreateTokenForm.h"
#include "DialogSize.h"
#include "ObjectNames.h"
#include "SecretPage.h"

#include <QCloseEvent>
#include <QPointer>
#include <QVBoxLayout>

namespace latchkey::ui {

struct CreateTokenDialog::Private {
    const Theme& theme;
    CreateTokenForm* form;
    SecretPage* secret;
    QString snippetUrl;
    std::optional<access::ServiceToken> token;
    QPointer<ConfirmDialog> question;
};

CreateTokenDialog::CreateTokenDialog(const Theme& theme, std::chrono::sys_seconds now, QWidget* parent)
    : QDialog(parent)
    , d(new Private{theme, new CreateTokenForm(theme, now), new SecretPage(theme), {}, {}, {}})
{
    setObjectName(names::createDialog);
    setWindowTitle(tr("Create token"));
    setModal(true);
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(0, 0, 0, 0);
    box->addWidget(d->form);
    box->addWidget(d->secret);
    showPage(d->form);

    connect(d->form, &CreateTokenForm::submitted, this, &CreateTokenDialog::createRequested);
    connect(d->form, &CreateTokenForm::cancelled, this, &CreateTokenDialog::reject);
    connect(d->secret, &SecretPage::copyRequested, this, &CreateTokenDialog::copyRequested);
    connect(d->secret, &SecretPage::keepRetryRequested, this, &CreateTokenDialog::keepRetryRequested);
    connect(d->secret, &SecretPage::done, this, [this] {
        d->secret->wipe();
        accept();
    });
}

CreateTokenDialog::~CreateTokenDialog() = default;

void CreateTokenDialog::showPage(QWidget* page)
{
    // Not a stack: only the page in front has a say in the size.
    d->form->setVisible(page == d->form);
    d->secret->setVisible(page == d->secret);
    setMinimumWidth(fontMetrics().averageCharWidth() * 76);
    fitHeight(*this);
}

void CreateTokenDialog::showEvent(QShowEvent* event)
{
    fitHeight(*this);
    QDialog::showEvent(event);
}

void CreateTokenDialog::setNow(std::chrono::sys_seconds now)
{
    d->form->setNow(now);
}

void CreateTokenDialog::setKeychainUnusable(const std::optional<QString>& reason)
{
    d->form->setKeychainUnusable(reason);
}

void CreateTokenDialog::setSnippetUrl(const QString& url)
{
    d->snippetUrl = url;
}

void CreateTokenDialog::showError(const Error& error)
{
    d->form->showError(QString::fromStdString(error.message));
}

void CreateTokenDialog::showCreated(const access::ServiceToken& token, SecretBytes secret, KeepState keep)
{
    d->token = token;
    d->form->setBusy(false);
    d->secret->setKeepState(keep, {});
    d->secret->showToken(token, std::move(secret));
    showPage(d->secret);
    setWindowTitle(tr("Token created"));
}

void CreateTokenDialog::setKeepState(KeepState state, const QString& reason)
{
    d->secret->setKeepState(state, reason);
}

void CreateTokenDialog::showCopied(CopyKind kind)
{
    d->secret->showCopied(kind);
}

void CreateTokenDialog::showCopyError(const Error& error)
{
    d->secret->showCopyError(QString::fromStdString(error.message));
}

void CreateTokenDialog::setClipboardCountdown(std::optional<std::chrono::seconds> left)
{
    d->secret->setClipboardCountdown(left);
}

SecretBytes CreateTokenDialog::text(CopyKind kind) const
{
    if (!d->token)
        return {};
    return credentialText(kind, d->token->clientId, d->secret->secret(), d->snippetUrl);
}

SecretBytes CreateTokenDialog::secret() const
{
    return d->secret->secret().clone();
}

const std::optional<access::ServiceToken>& CreateTokenDialog::token() const
{
    return d->token;
}

void CreateTokenDialog::reject()
{
    if (d->form->isBusy()) {
        Q_EMIT cancelRequested();
        return;
    }
    if (!d->token || d->secret->mayClose()) {
        d->secret->wipe();
        QDialog::reject();
        return;
    }
    if (d->question)
        return;
    d->question = new ConfirmDialog(
        d->theme,
        {.title = tr("Close without copying?"),
         .text = tr("The Client Secret of “%1” was neither copied nor kept. Once this closes nobody can see it again: the token "
                    "can only be deleted and made anew.")
                     .arg(QString::fromStdString(d->token->name)),
         .yes = tr("Close without copying"),
         .no = tr("Go back"),
         .destructive = true},
        this);
    d->question->setAttribute(Qt::WA_DeleteOnClose);
    connect(d->question, &QDialog::accepted, this, [this] {
        d->secret->wipe();
        QDialog::reject();
    });
    d->question->open();
}

void CreateTokenDialog::closeEvent(QCloseEvent* event)
{
    reject();
    if (isVisible())
        event->ignore();
    else
        event->accept();
}

} // namespace latchkey::ui
