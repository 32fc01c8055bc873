// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokenActions.h"

#include "ui/DateText.h"
#include "ui/DeleteDialog.h"
#include "ui/DurationDialog.h"
#include "ui/EnableDialog.h"
#include "ui/RefreshDialog.h"
#include "ui/RenameDialog.h"
#include "ui/RotateManyDialog.h"
#include "ui/TokenModel.h"

#include <utility>

namespace latchkey::app {

using access::ServiceToken;
using access::TokenId;
using ui::ChangeKind;
using ui::TokenIntent;

TokenActions::TokenActions(Session& session, RotateController& rotation, QObject* parent)
    : QObject(parent)
    , m_session(session)
    , m_rotation(rotation)
{
    const Intents& intents = m_session.intents;
    connect(&intents, &Intents::refreshRequested, this, [this](const std::vector<TokenId>& ids) { openRefresh(tokens(ids)); });
    connect(&intents, &Intents::deleteRequested, this, [this](const std::vector<TokenId>& ids) { openDelete(tokens(ids)); });
    connect(&intents, &Intents::tokensIntended, this, [this](TokenIntent intent, const std::vector<TokenId>& ids) { open(intent, tokens(ids)); });
    connect(&intents, &Intents::copySecretRequested, this, &TokenActions::copySecret);
}

TokenActions::~TokenActions()
{
    delete m_runner;   // tells what it had not done
    m_editCall.cancel();
    if (m_edit)
        m_edit->showError({ErrorCode::network, tr("The connection was lost. Whether it was saved is not known: reload the list.").toStdString(), {}});
}

TokenActions::Tokens TokenActions::tokens(const std::vector<TokenId>& ids) const
{
    Tokens found;
    for (const TokenId& id : ids) {
        if (const ServiceToken* token = m_session.window.tokenModel().find(id))
            found.push_back(*token);
    }
    return found;
}

void TokenActions::open(TokenIntent intent, Tokens chosen)
{
    if (chosen.empty())
        return;
    const bool one = chosen.size() == 1;
    switch (intent) {
    case TokenIntent::enable:
    case TokenIntent::disable: return openEnable(chosen, intent == TokenIntent::enable);
    case TokenIntent::edit: return one ? openEdit(chosen.front(), ui::EditTokenDialog::Begin::atName) : openRename(std::move(chosen));
    case TokenIntent::changeDuration: return one ? openEdit(chosen.front(), ui::EditTokenDialog::Begin::atDuration) : openDuration(std::move(chosen));
    case TokenIntent::rotate: return one ? void() : openRotateMany(chosen);   // one: RotateController
    default: return;
    }
}

void TokenActions::run(ui::BatchDialog* dialog, BatchRunner::RunOne runOne)
{
    m_dialog = dialog;
    m_runner = new BatchRunner(dialog, std::move(runOne), this);
    if (m_session.local)
        m_runner->setJournal(m_session.local->work, m_session.account);
    m_undo.clear();
    connect(dialog, &QDialog::finished, this, [this] {
        m_dialog = nullptr;   // the next one need not wait until it is deleted
        offerUndo();
    });
    dialog->open();
}

void TokenActions::openRefresh(Tokens chosen)
{
    if (m_dialog || chosen.empty())
        return;
    auto* dialog = new ui::RefreshDialog(m_session.theme, std::move(chosen), m_session.clock.now(), &m_session.window);
    run(dialog, [this, dialog = QPointer(dialog)](const TokenId& id, BatchRunner::Told told) {
        return m_session.client.refreshToken(id, [self = QPointer(this), dialog, told = std::move(told)](Result<ServiceToken> refreshed) {
            if (!self)
                return;
            ++self->m_session.changes;
            if (!refreshed)
                return told(std::unexpected(refreshed.error()));
            self->m_session.window.putToken(*refreshed);
            self->m_session.record(ChangeKind::refreshed, *refreshed);
            if (dialog)
                dialog->showRefreshed(*refreshed);   // shows the end it really has; told as done by it
            told({});
        });
    });
}

void TokenActions::openDelete(Tokens chosen)
{
    if (m_dialog || chosen.empty())
        return;
    run(new ui::DeleteDialog(m_session.theme,
                             {.tokens = chosen, .applications = m_session.window.applications(), .account = m_session.account, .production = m_session.production, .now = m_session.clock.now()},
                             &m_session.window),
        [this, chosen](const TokenId& id, BatchRunner::Told told) {
            return m_session.client.deleteToken(id, [self = QPointer(this), id, chosen, told = std::move(told)](Result<void> deleted) {
                if (!self)
                    return;
                ++self->m_session.changes;
                // Already gone is what was wanted.
                if (!deleted && deleted.error().code != ErrorCode::notFound)
                    return told(std::move(deleted));
                self->m_session.window.removeToken(id);
                self->forgetSecret(id);
                for (const ServiceToken& token : chosen) {
                    if (token.id == id)
                        self->m_session.record(ChangeKind::deleted, token);
                }
                told({});
            });
        });
}

client::CallHandle TokenActions::update(const TokenId& id, const client::TokenChange& change, BatchRunner::Told told)
{
    const auto found = tokens({id});
    return m_session.client.updateToken(id, change, [self = QPointer(this), found, told = std::move(told)](Result<ServiceToken> updated) {
        if (!self)
            return;
        ++self->m_session.changes;
        if (!updated)
            return told(std::unexpected(updated.error()));
        self->m_session.window.putToken(*updated);
        if (!found.empty()) {
            self->recordUpdate(found.front(), *updated);
            self->noteUndo(found.front(), *updated);
        }
        told({});
    });
}

/// What can be taken back exactly: a name, and whether the token is on. Not a duration, which counts from now each time it
/// is set: the end it had before does not come back with it.
void TokenActions::noteUndo(const ServiceToken& before, const ServiceToken& after)
{
    client::TokenChange change;
    if (before.name != after.name)
        change.name = before.name;
    if (before.enabled != after.enabled)
        change.enabled = before.enabled;
    if (change.name || change.enabled)
        m_undo.emplace_back(after.id, std::move(change));
}

void TokenActions::offerUndo()
{
    auto changes = std::exchange(m_undo, {});
    if (changes.empty())
        return;
    const client::TokenChange& first = changes.front().second;
    const int count = static_cast<int>(changes.size());
    const QString text = !first.enabled ? tr("%n token(s) renamed.", nullptr, count)
        : *first.enabled                ? tr("%n token(s) disabled.", nullptr, count)
                                        : tr("%n token(s) enabled.", nullptr, count);
    m_session.window.showNotice(text, [self = QPointer(this), changes = std::move(changes)] {
        if (self)
            self->undo(changes);
    });
}

void TokenActions::undo(const std::vector<std::pair<TokenId, client::TokenChange>>& changes)
{
    struct Outcome {
        int left = 0;
        QString error;
    };
    auto outcome = std::make_shared<Outcome>(Outcome{static_cast<int>(changes.size()), {}});
    for (const auto& [id, change] : changes) {
        update(id, change, [self = QPointer(this), outcome](Result<void> done) {
            if (!done)
                outcome->error = QString::fromStdString(done.error().message);
            if (--outcome->left > 0 || !self)
                return;
            self->m_undo.clear();   // no undo of an undo: the action itself is one click away
            self->m_session.window.showNotice(outcome->error.isEmpty() ? tr("Undone.") : tr("Not everything was undone: %1").arg(outcome->error));
        });
    }
}

void TokenActions::recordUpdate(const ServiceToken& before, const ServiceToken& after)
{
    if (before.name != after.name)
        m_session.record(ChangeKind::renamed, after, QStringLiteral("%1 → %2").arg(QString::fromStdString(before.name), QString::fromStdString(after.name)));
    if (before.duration != after.duration || before.expiresAt != after.expiresAt)
        m_session.record(ChangeKind::durationChanged, after,
                         QStringLiteral("%1 → %2").arg(QString::fromStdString(before.duration.text()), QString::fromStdString(after.duration.text())));
    if (before.enabled != after.enabled)
        m_session.record(after.enabled ? ChangeKind::enabled : ChangeKind::disabled, after);
}

void TokenActions::openEnable(const Tokens& chosen, bool enable)
{
    if (m_dialog)
        return;
    run(new ui::EnableDialog(m_session.theme,
                             {.tokens = chosen, .applications = m_session.window.applications(), .account = m_session.account, .enable = enable, .now = m_session.clock.now()},
                             &m_session.window),
        [this, enable](const TokenId& id, BatchRunner::Told told) { return update(id, {.name = {}, .duration = {}, .enabled = enable}, std::move(told)); });
}

void TokenActions::openDuration(Tokens chosen)
{
    if (m_dialog)
        return;
    auto* dialog = new ui::DurationDialog(m_session.theme, std::move(chosen), m_session.account, m_session.clock.now(), &m_session.window);
    run(dialog, [this, dialog = QPointer(dialog)](const TokenId& id, BatchRunner::Told told) {
        return update(id, {.name = {}, .duration = dialog->duration(), .enabled = {}}, std::move(told));
    });
}

void TokenActions::openRename(Tokens chosen)
{
    if (m_dialog)
        return;
    auto* dialog = new ui::RenameDialog(m_session.theme, std::move(chosen), m_session.account, &m_session.window);
    run(dialog, [this, dialog = QPointer(dialog)](const TokenId& id, BatchRunner::Told told) {
        return update(id, {.name = dialog->newName(id), .duration = {}, .enabled = {}}, std::move(told));
    });
}

void TokenActions::openRotateMany(const Tokens& chosen)
{
    if (m_dialog)
        return;
    std::optional<QString> unusable;
    if (!m_session.keychainUsable)
        unusable = tr("This session works without the keychain.");
    auto* dialog = new ui::RotateManyDialog(m_session.theme, {.tokens = chosen, .account = m_session.account, .keychainUnusable = unusable, .now = m_session.clock.now()},
                                            &m_session.window);
    run(dialog, [this, dialog = QPointer(dialog)](const TokenId& id, BatchRunner::Told told) {
        return rotateAndKeep(id, dialog->previousEnd(m_session.clock.now()), std::move(told));
    });
}

client::CallHandle TokenActions::rotateAndKeep(const TokenId& id, std::optional<std::chrono::sys_seconds> previousEnd, BatchRunner::Told told)
{
    return m_session.client.rotateToken(id, previousEnd, [self = QPointer(this), told = std::move(told)](Result<client::IssuedToken> issued) {
        if (!self)
            return;
        ++self->m_session.changes;
        if (!issued)
            return told(std::unexpected(issued.error()));
        self->m_session.window.putToken(issued->token);
        self->m_session.recordRotation(issued->token);
        auto shared = std::make_shared<client::IssuedToken>(std::move(*issued));
        self->m_session.secrets.keep(shared->token.id, shared->secret.clone(), [self, shared, told](Result<void> kept) {
            if (!self)
                return;
            self->m_session.window.setSecretKept(shared->token.id, kept.has_value());
            if (kept)
                return told({});
            // The secret exists and is nowhere else: no further token gets into the same state, and this one's page is shown.
            if (self->m_runner)
                self->m_runner->stop({ErrorCode::cancelled, tr("Not begun: the secret before could not be kept.").toStdString(), {}});
            told({});
            self->m_rotation.showUnkept(std::move(*shared), kept.error());
        });
    });
}

void TokenActions::openEdit(const ServiceToken& token, ui::EditTokenDialog::Begin begin)
{
    if (m_edit)
        return;
    m_edit = new ui::EditTokenDialog(m_session.theme, token, m_session.account, m_session.clock.now(), begin, &m_session.window);
    m_edit->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_edit, &ui::EditTokenDialog::saveRequested, this, [this, token](const ui::EditTokenRequest& request) { saveEdit(token, request); });
    connect(m_edit, &ui::EditTokenDialog::cancelRequested, this, [this] { m_editCall.cancel(); });
    connect(m_edit, &QDialog::finished, this, [this] { m_edit = nullptr; });
    m_edit->open();
}

void TokenActions::saveEdit(const ServiceToken& token, const ui::EditTokenRequest& request)
{
    m_editCall = update(token.id, {.name = request.name, .duration = request.duration, .enabled = {}}, [self = QPointer(this)](Result<void> saved) {
        if (!self || !self->m_edit)
            return;
        if (saved) {
            self->m_edit->accept();
            self->offerUndo();
        } else {
            self->m_edit->showError(saved.error());
        }
    });
}

void TokenActions::forgetSecret(const TokenId& id)
{
    if (!m_session.secrets.kept().contains(id))
        return;
    m_session.secrets.remove(id, [self = QPointer(this)](Result<void> removed) {
        if (self && !removed)
            self->m_session.window.showNotice(tr("The token is deleted; its secret is still in the keychain (%1). It opens nothing any more.")
                                                  .arg(QString::fromStdString(removed.error().message)));
    });
}

void TokenActions::copySecret(const TokenId& id, ui::CopyKind kind)
{
    const auto chosen = tokens({id});
    if (chosen.empty())
        return;
    m_session.secrets.read(id, [self = QPointer(this), id, kind, clientId = chosen.front().clientId](Result<SecretBytes> secret) {
        if (!self)
            return;
        if (!secret) {
            self->m_session.window.showCopyError(secret.error());
            self->m_session.window.setSecretKept(id, self->m_session.secrets.kept().contains(id));
            return;
        }
        self->m_session.clipboard.putSecret(ui::credentialText(kind, clientId, *secret, self->m_session.edgeUrl));
        self->m_session.window.showCopied(kind);
    });
}

} // namespace latchkey::app
