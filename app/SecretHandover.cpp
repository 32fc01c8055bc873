// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SecretHandover.h"

namespace latchkey::app {

SecretHandover::SecretHandover(Session& session, QObject* parent)
    : QObject(parent)
    , m_session(session)
{
    connect(&m_session.clipboard, &ClipboardGuard::countdown, this, [this](std::optional<std::chrono::seconds> left) {
        if (m_dialog)
            m_dialog->setClipboardCountdown(left);
    });
}

void SecretHandover::setDialog(ui::SecretDialog* dialog)
{
    m_dialog = dialog;
    dialog->setSnippetUrl(m_session.edgeUrl);
    connect(dialog, &QDialog::finished, dialog, &QObject::deleteLater);
    connect(dialog, &ui::SecretDialog::copyRequested, this, &SecretHandover::copy);
    connect(dialog, &ui::SecretDialog::keepRetryRequested, this, [this] {
        if (!m_dialog || !m_dialog->token())
            return;
        m_dialog->setKeepState(ui::KeepState::keeping);
        keep(m_dialog->token()->id, m_dialog->secret());
    });
}

void SecretHandover::issued(client::IssuedToken issued, bool keepIt)
{
    // The keychain comes first: whatever happens to this process from here on, the secret is not lost.
    if (keepIt)
        keep(issued.token.id, issued.secret.clone());
    if (m_dialog)
        m_dialog->showIssued(issued.token, std::move(issued.secret), keepIt ? ui::KeepState::keeping : ui::KeepState::notAsked);
}

void SecretHandover::keep(const access::TokenId& id, SecretBytes secret)
{
    m_session.secrets.keep(id, std::move(secret), [self = QPointer(this), id](Result<void> kept) {
        if (!self)
            return;
        self->m_session.window.setSecretKept(id, kept.has_value());
        if (self->m_dialog)
            self->m_dialog->setKeepState(kept ? ui::KeepState::kept : ui::KeepState::failed,
                                         kept ? QString() : QString::fromStdString(kept.error().message));
    });
}

void SecretHandover::copy(ui::CopyKind kind)
{
    if (!m_dialog)
        return;
    const SecretBytes text = m_dialog->text(kind);
    if (kind == ui::CopyKind::clientId)
        m_session.clipboard.putPublic(QString::fromUtf8(text.reveal().data(), static_cast<qsizetype>(text.size())));
    else
        m_session.clipboard.putSecret(text);
    m_dialog->showCopied(kind);
}

} // namespace latchkey::app
