// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SecretDialog.h"

#include "ConfirmDialog.h"
#include "DialogSize.h"
#include "SecretPage.h"

#include <QCloseEvent>
#include <QPointer>
#include <QVBoxLayout>

namespace latchkey::ui {

struct SecretDialog::Private {
    const Theme& theme;
    Occasion occasion;
    QWidget* form;
    SecretPage* secret;
    QString snippetUrl;
    std::optional<access::ServiceToken> token;
    QPointer<ConfirmDialog> question;
};

SecretDialog::SecretDialog(const Theme& theme, Occasion occasion, QWidget* form, QWidget* parent)
    : QDialog(parent)
    , d(new Private{theme, occasion, form, new SecretPage(theme), {}, {}, {}})
{
    setModal(true);
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(0, 0, 0, 0);
    box->addWidget(d->form);
    box->addWidget(d->secret);
    showPage(d->form);
    connect(d->secret, &SecretPage::copyRequested, this, &SecretDialog::copyRequested);
    connect(d->secret, &SecretPage::keepRetryRequested, this, &SecretDialog::keepRetryRequested);
    connect(d->secret, &SecretPage::done, this, [this] {
        d->secret->wipe();
        accept();
    });
}

SecretDialog::~SecretDialog() = default;

void SecretDialog::showPage(QWidget* page)
{
    // Not a stack: only the page in front has a say in the size.
    d->form->setVisible(page == d->form);
    d->secret->setVisible(page == d->secret);
    setMinimumWidth(fontMetrics().averageCharWidth() * 76);
    fitHeight(*this);
}

void SecretDialog::showEvent(QShowEvent* event)
{
    fitHeight(*this);
    QDialog::showEvent(event);
}

void SecretDialog::setSnippetUrl(const QString& url)
{
    d->snippetUrl = url;
}

void SecretDialog::showIssued(const access::ServiceToken& token, SecretBytes secret, KeepState keep)
{
    d->token = token;
    setIdle();
    d->secret->setOccasion(d->occasion);
    d->secret->setKeepState(keep, {});
    d->secret->showToken(token, std::move(secret));
    showPage(d->secret);
    setWindowTitle(d->occasion == Occasion::created ? tr("Token created") : tr("Secret rotated"));
}

void SecretDialog::setKeepState(KeepState state, const QString& reason)
{
    d->secret->setKeepState(state, reason);
}

void SecretDialog::showCopied(CopyKind kind)
{
    d->secret->showCopied(kind);
}

void SecretDialog::showCopyError(const Error& error)
{
    d->secret->showCopyError(QString::fromStdString(error.message));
}

void SecretDialog::setClipboardCountdown(std::optional<std::chrono::seconds> left)
{
    d->secret->setClipboardCountdown(left);
}

SecretBytes SecretDialog::text(CopyKind kind) const
{
    if (!d->token)
        return {};
    return credentialText(kind, d->token->clientId, d->secret->secret(), d->snippetUrl);
}

SecretBytes SecretDialog::secret() const
{
    return d->secret->secret().clone();
}

const std::optional<access::ServiceToken>& SecretDialog::token() const
{
    return d->token;
}

void SecretDialog::reject()
{
    if (isBusy()) {
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
    const QString name = QString::fromStdString(d->token->name);
    d->question = new ConfirmDialog(
        d->theme,
        {.title = tr("Close without copying?"),
         .text = d->occasion == Occasion::created
             ? tr("The Client Secret of “%1” was neither copied nor kept. Once this closes nobody can see it again: the token "
                  "can only be rotated, or deleted and made anew.").arg(name)
             : tr("The new Client Secret of “%1” was neither copied nor kept. Once this closes nobody can see it again: the "
                  "token has to be rotated once more.").arg(name),
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

void SecretDialog::closeEvent(QCloseEvent* event)
{
    reject();
    if (isVisible())
        event->ignore();
    else
        event->accept();
}

} // namespace latchkey::ui
