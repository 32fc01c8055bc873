// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "CreateController.h"

namespace latchkey::app {

CreateController::CreateController(Session& session, QObject* parent)
    : QObject(parent)
    , m_session(session)
{
    connect(&m_session.window, &ui::MainWindow::createRequested, this, &CreateController::open);
    connect(&m_session.clipboard, &ClipboardGuard::countdown, this, [this](std::optional<std::chrono::seconds> left) {
        if (m_dialog)
            m_dialog->setClipboardCountdown(left);
    });
}

CreateController::~CreateController()
{
    // The dialog outlives a lost agent: its secret may not have been copied yet.
    if (m_dialog && !m_dialog->token())
        m_dialog->showError({ErrorCode::network, "The agent stopped. Nothing was created.", {}});
}

void CreateController::open()
{
    if (m_dialog) {
        m_dialog->raise();
        m_dialog->activateWindow();
        return;
    }
    m_dialog = new ui::CreateTokenDialog(m_session.theme, m_session.clock.now(), &m_session.window);
    connect(m_dialog, &QDialog::finished, m_dialog, &QObject::deleteLater);
    m_dialog->setSnippetUrl(m_session.edgeUrl);
    if (!m_session.keychainUsable)
        m_dialog->setKeychainUnusable(tr("This session works without the keychain."));
    connect(m_dialog, &ui::CreateTokenDialog::createRequested, this, &CreateController::create);
    connect(m_dialog, &ui::CreateTokenDialog::cancelRequested, this, [this] { m_call.cancel(); });
    connect(m_dialog, &ui::CreateTokenDialog::keepRetryRequested, this, &CreateController::keep);
    connect(m_dialog, &ui::CreateTokenDialog::copyRequested, this, &CreateController::copy);
    m_dialog->open();
}

void CreateController::create(const ui::CreateTokenRequest& request)
{
    m_call = m_session.client.createToken(request.name, request.duration,
                                          [self = QPointer(this), keep = request.keep](Result<client::IssuedToken> issued) {
                                              if (!self)
                                                  return;
                                              if (issued)
                                                  self->created(std::move(*issued), keep);
                                              else if (self->m_dialog)
                                                  self->m_dialog->showError(issued.error());
                                          });
}

void CreateController::created(client::IssuedToken issued, bool keep)
{
    ++m_session.changes;
    m_session.window.putToken(issued.token);
    m_session.window.selectToken(issued.token.id);
    // The keychain comes first: whatever happens to this process from here on, the secret is not lost.
    if (keep) {
        m_session.secrets.keep(issued.token.id, issued.secret.clone(), [self = QPointer(this), id = issued.token.id](Result<void> kept) {
            if (!self)
                return;
            self->m_session.window.setSecretKept(id, kept.has_value());
            if (self->m_dialog)
                self->m_dialog->setKeepState(kept ? ui::KeepState::kept : ui::KeepState::failed,
                                             kept ? QString() : QString::fromStdString(kept.error().message));
        });
    }
    if (m_dialog)
        m_dialog->showCreated(issued.token, std::move(issued.secret), keep ? ui::KeepState::keeping : ui::KeepState::notAsked);
}

void CreateController::keep()
{
    if (!m_dialog || !m_dialog->token())
        return;
    m_dialog->setKeepState(ui::KeepState::keeping);
    const access::TokenId id = m_dialog->token()->id;
    m_session.secrets.keep(id, m_dialog->secret(), [self = QPointer(this), id](Result<void> kept) {
        if (!self)
            return;
        self->m_session.window.setSecretKept(id, kept.has_value());
        if (self->m_dialog)
            self->m_dialog->setKeepState(kept ? ui::KeepState::kept : ui::KeepState::failed,
                                         kept ? QString() : QString::fromStdString(kept.error().message));
    });
}

void CreateController::copy(ui::CopyKind kind)
{
    const SecretBytes text = m_dialog->text(kind);
    if (kind == ui::CopyKind::clientId)
        m_session.clipboard.putPublic(QString::fromUtf8(text.reveal().data(), static_cast<qsizetype>(text.size())));
    else
        m_session.clipboard.putSecret(text);
    m_dialog->showCopied(kind);
}

} // namespace latchkey::app
