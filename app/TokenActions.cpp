// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokenActions.h"

#include "ui/TokenModel.h"

#include <utility>

namespace latchkey::app {

TokenActions::TokenActions(Session& session, QObject* parent)
    : QObject(parent)
    , m_session(session)
{
    connect(&m_session.window, &ui::MainWindow::refreshRequested, this, &TokenActions::openRefresh);
    connect(&m_session.window, &ui::MainWindow::deleteRequested, this, &TokenActions::openDelete);
    connect(&m_session.window, &ui::MainWindow::copySecretRequested, this, &TokenActions::copySecret);
}

TokenActions::~TokenActions()
{
    m_call.cancel();
    if (m_dialog) {
        for (const access::TokenId& id : m_queue)
            m_dialog->showFailed(id, {ErrorCode::network, tr("The agent stopped.").toStdString(), {}});
    }
}

std::vector<access::ServiceToken> TokenActions::tokens(const std::vector<access::TokenId>& ids) const
{
    std::vector<access::ServiceToken> found;
    for (const access::TokenId& id : ids) {
        if (const access::ServiceToken* token = m_session.window.tokenModel().find(id))
            found.push_back(*token);
    }
    return found;
}

void TokenActions::openRefresh(const std::vector<access::TokenId>& ids)
{
    auto chosen = tokens(ids);
    if (m_dialog || chosen.empty())
        return;
    connectBatch(new ui::RefreshDialog(m_session.theme, std::move(chosen), m_session.clock.now(), &m_session.window),
                 &TokenActions::refreshOne);
}

void TokenActions::openDelete(const std::vector<access::TokenId>& ids)
{
    auto chosen = tokens(ids);
    if (m_dialog || chosen.empty())
        return;
    connectBatch(new ui::DeleteDialog(m_session.theme, std::move(chosen), m_session.window.applications(),
                                      m_session.clock.now(), &m_session.window),
                 &TokenActions::deleteOne);
}

void TokenActions::connectBatch(ui::BatchDialog* dialog, void (TokenActions::*runOne)(const access::TokenId&))
{
    m_dialog = dialog;
    m_runOne = runOne;
    connect(dialog, &QDialog::finished, this, [this, dialog] {
        dialog->deleteLater();
        m_dialog = nullptr;
    });
    connect(dialog, &ui::BatchDialog::startRequested, this, [this](const std::vector<access::TokenId>& ids) {
        m_queue.assign(ids.begin(), ids.end());
        runNext();
    });
    connect(dialog, &ui::BatchDialog::cancelRequested, this, [this] {
        // The one under way is let finish: whether it happened must not stay unknown.
        const auto rest = std::exchange(m_queue, {});
        for (std::size_t i = m_call.isActive() ? 1 : 0; i < rest.size(); ++i)
            m_dialog->showFailed(rest[i], {ErrorCode::cancelled, tr("Cancelled before it began.").toStdString(), {}});
        if (m_call.isActive() && !rest.empty())
            m_queue.push_back(rest.front());
    });
    dialog->open();
}

void TokenActions::runNext()
{
    if (!m_queue.empty())
        (this->*m_runOne)(m_queue.front());
}

void TokenActions::refreshOne(const access::TokenId& id)
{
    m_call = m_session.client.refreshToken(id, [self = QPointer(this), id](Result<access::ServiceToken> refreshed) {
        if (!self)
            return;
        ++self->m_session.changes;
        if (refreshed)
            self->m_session.window.putToken(*refreshed);
        if (auto* dialog = qobject_cast<ui::RefreshDialog*>(self->m_dialog.data())) {
            if (refreshed)
                dialog->showRefreshed(*refreshed);
            else
                dialog->showFailed(id, refreshed.error());
        }
        if (!self->m_queue.empty())
            self->m_queue.pop_front();
        self->runNext();
    });
}

void TokenActions::deleteOne(const access::TokenId& id)
{
    m_call = m_session.client.deleteToken(id, [self = QPointer(this), id](Result<void> deleted) {
        if (!self)
            return;
        ++self->m_session.changes;
        // Already gone is what was wanted.
        if (deleted || deleted.error().code == ErrorCode::notFound) {
            self->m_session.window.removeToken(id);
            self->forgetSecret(id);
            if (self->m_dialog)
                self->m_dialog->showDone(id);
        } else if (self->m_dialog) {
            self->m_dialog->showFailed(id, deleted.error());
        }
        if (!self->m_queue.empty())
            self->m_queue.pop_front();
        self->runNext();
    });
}

void TokenActions::forgetSecret(const access::TokenId& id)
{
    if (!m_session.secrets.kept().contains(id))
        return;
    m_session.secrets.remove(id, [self = QPointer(this)](Result<void> removed) {
        if (self && !removed)
            self->m_session.window.showNotice(tr("The token is deleted; its secret is still in the keychain (%1). It opens nothing any more.")
                                                  .arg(QString::fromStdString(removed.error().message)));
    });
}

void TokenActions::copySecret(const access::TokenId& id, ui::CopyKind kind)
{
    const auto chosen = tokens({id});
    if (chosen.empty())
        return;
    m_session.secrets.read(id, [self = QPointer(this), id, kind, clientId = chosen.front().clientId](Result<SecretBytes> secret) {
        if (!self)
            return;
        if (!secret) {
            self->m_session.window.showCopyError(secret.error());
            self->m_session.window.setKeptSecrets(self->m_session.secrets.kept());
            return;
        }
        self->m_session.clipboard.putSecret(ui::credentialText(kind, clientId, *secret, self->m_session.edgeUrl));
        self->m_session.window.showCopied(kind);
    });
}

} // namespace latchkey::app
