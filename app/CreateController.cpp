// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "CreateController.h"

#include "ui/TokenModel.h"

namespace latchkey::app {

bool mayHaveHappened(const Error& error)
{
    switch (error.code) {
    case ErrorCode::network:
    case ErrorCode::timedOut:
    case ErrorCode::protocol:
    case ErrorCode::cancelled: return true;
    default: return false;
    }
}

CreateController::CreateController(Session& session, QObject* parent)
    : QObject(parent)
    , m_session(session)
    , m_handover(session)
{
    connect(&m_session.intents, &Intents::createRequested, this, &CreateController::open);
}

CreateController::~CreateController()
{
    // The dialog outlives a lost agent: its secret may not have been copied yet.
    if (m_dialog && !m_dialog->token())
        m_dialog->showError({ErrorCode::network, tr("The connection was lost. Whether it was created is not known: look for it in the list.").toStdString(), {}});
}

void CreateController::open()
{
    if (m_dialog) {
        m_dialog->raise();
        m_dialog->activateWindow();
        return;
    }
    m_uncertain.reset();
    m_made.reset();
    m_dialog = new ui::CreateTokenDialog(m_session.theme, m_session.clock.now(), &m_session.window);
    if (!m_session.isAgent)
        m_dialog->setWindowTitle(tr("Create token in %1", "account").arg(m_session.account));
    // Not only when it is deleted: the next one may be asked for sooner.
    connect(m_dialog, &QDialog::finished, this, [this] { m_dialog = nullptr; });
    m_handover.setDialog(m_dialog);
    if (!m_session.keychainUsable)
        m_dialog->setKeychainUnusable(tr("This session works without the keychain."));
    connect(m_dialog, &ui::CreateTokenDialog::createRequested, this, &CreateController::create);
    connect(m_dialog, &ui::CreateTokenDialog::newSecretRequested, this, &CreateController::renew);
    connect(m_dialog, &ui::CreateTokenDialog::cancelRequested, this, [this] { m_call.cancel(); });
    m_dialog->open();
}

void CreateController::create(const ui::CreateTokenRequest& request)
{
    if (m_uncertain && request.name == m_request.name) {
        m_request = request;
        lookUp(*m_uncertain, true);
        return;
    }
    m_request = request;
    m_before.clear();
    const ui::TokenIndex& index = m_session.window.tokenModel().index();
    for (std::size_t slot = 0; slot < index.slotCount(); ++slot) {
        if (const access::ServiceToken* token = index.tokenIn(slot); token && token->name == request.name)
            m_before.insert(token->id);
    }
    send();
}

void CreateController::send()
{
    m_call = m_session.client.createToken(m_request.name, m_request.duration, [self = QPointer(this)](Result<client::IssuedToken> issued) {
        if (!self)
            return;
        if (issued) {
            self->m_session.record(ui::ChangeKind::created, issued->token);
            self->done(std::move(*issued), self->m_request.keep);
        } else if (mayHaveHappened(issued.error())) {
            self->lookUp(issued.error(), false);
        } else if (self->m_dialog) {
            self->m_dialog->showError(issued.error());
        }
    });
}

void CreateController::lookUp(const Error& why, bool thenSend)
{
    m_call = m_session.client.listTokens({.name = m_request.name, .search = {}}, [self = QPointer(this), why, thenSend](Result<client::ListPage<access::ServiceToken>> page) {
        if (!self)
            return;
        if (!page) {
            self->m_uncertain = why;
            if (self->m_dialog)
                self->m_dialog->showError({why.code, tr("%1 Whether the token was created is not known yet; before another try it is looked for by its name.").arg(QString::fromStdString(why.message)).toStdString(), {}});
            return;
        }
        self->m_uncertain.reset();
        for (const access::ServiceToken& token : page->items) {
            if (token.name == self->m_request.name && !self->m_before.contains(token.id) && token.createdAt + std::chrono::hours(1) > self->m_session.clock.now())
                return self->found(token);
        }
        if (thenSend)
            return self->send();
        if (self->m_dialog)
            self->m_dialog->showError({why.code, tr("%1 It was looked for by its name: nothing was created.").arg(QString::fromStdString(why.message)).toStdString(), {}});
    });
}

/// It was created by the call that got no answer, so nobody has its secret: a new one harms nobody.
void CreateController::found(const access::ServiceToken& token)
{
    m_made = token.id;
    ++m_session.changes;
    m_session.window.putToken(token);
    m_session.window.selectToken(token.id);
    m_session.record(ui::ChangeKind::created, token);
    if (m_dialog)
        m_dialog->offerNewSecret(tr("“%1” was created, but the answer with its secret was lost on the way, and no secret is told twice. Get a new one, or close this and delete the token.")
                                     .arg(QString::fromStdString(token.name)));
}

void CreateController::renew(bool keep)
{
    m_call = m_session.client.rotateToken(*m_made, std::nullopt, [self = QPointer(this), keep](Result<client::IssuedToken> issued) {
        if (!self)
            return;
        if (issued) {
            self->m_session.recordRotation(issued->token);
            self->done(std::move(*issued), keep);
        } else if (self->m_dialog) {
            self->m_dialog->showError(issued.error());
        }
    });
}

void CreateController::done(client::IssuedToken issued, bool keep)
{
    ++m_session.changes;
    m_session.window.putToken(issued.token);
    m_session.window.selectToken(issued.token.id);
    m_handover.issued(std::move(issued), keep);
}

} // namespace latchkey::app
