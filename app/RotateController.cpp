// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "RotateController.h"

#include "CreateController.h"

#include "ui/ConfirmDialog.h"
#include "ui/DateText.h"
#include "ui/TokenModel.h"

#include <QTimer>

namespace latchkey::app {

using access::TokenId;

RotateController::RotateController(Session& session, QObject* parent)
    : QObject(parent)
    , m_session(session)
    , m_handover(session)
{
    connect(&m_session.intents, &Intents::tokensIntended, this, [this](ui::TokenIntent intent, const std::vector<TokenId>& ids) {
        if (ids.size() != 1)
            return;
        if (intent == ui::TokenIntent::rotate)
            open(ids.front());
        else if (intent == ui::TokenIntent::endPrevious)
            askToEndPrevious(ids.front());
        else if (intent == ui::TokenIntent::moreTime)
            openMoreTime(ids.front());
    });
    connect(&m_session.intents, &Intents::selectionChanged, this, [this](const std::vector<TokenId>& ids) {
        const access::ServiceToken* token = ids.size() == 1 ? m_session.window.tokenModel().find(ids.front()) : nullptr;
        if (token && token->previousClientSecretExpiresAt && *token->previousClientSecretExpiresAt > m_session.clock.now())
            m_session.window.setNow(m_session.clock.now());
    });
}

RotateController::~RotateController()
{
    const Error lost{ErrorCode::network, tr("The connection was lost. Whether it was done is not known: reload the list.").toStdString(), {}};
    if (m_dialog && !m_dialog->token())
        m_dialog->showError(lost);
    if (m_moreTime)
        m_moreTime->showError(lost);
}

void RotateController::open(const TokenId& id)
{
    const access::ServiceToken* token = m_session.window.tokenModel().find(id);
    if (!token || m_dialog)
        return;
    m_dialog = new ui::RotateDialog(m_session.theme,
                                    {.token = *token, .account = m_session.account, .keptNow = m_session.secrets.kept().contains(id), .now = m_session.clock.now()},
                                    &m_session.window);
    m_handover.setDialog(m_dialog);
    if (!m_session.keychainUsable)
        m_dialog->setKeychainUnusable(tr("This session works without the keychain."));
    // "For 1 hour" counts from the press of the button, not from when the dialog was opened.
    auto* clock = new QTimer(m_dialog);
    connect(clock, &QTimer::timeout, m_dialog, [this, dialog = m_dialog.data()] { dialog->setNow(m_session.clock.now()); });
    clock->start(5'000);
    connect(this, &QObject::destroyed, clock, &QTimer::stop);
    connect(m_dialog, &ui::RotateDialog::rotateRequested, this, [this, id](const ui::RotateRequest& request) { rotate(id, request); });
    connect(m_dialog, &ui::RotateDialog::cancelRequested, this, [this] { m_call.cancel(); });
    connect(m_dialog, &QDialog::finished, this, [this] { m_dialog = nullptr; });
    m_dialog->open();
}

void RotateController::rotate(const TokenId& id, const ui::RotateRequest& request)
{
    const access::ServiceToken* token = m_session.window.tokenModel().find(id);
    const int version = token ? token->clientSecretVersion : 0;
    m_call = m_session.client.rotateToken(id, request.previousEnd, [self = QPointer(this), id, version, keep = request.keep](Result<client::IssuedToken> issued) {
        if (!self)
            return;
        if (issued)
            self->rotated(std::move(*issued), keep);
        else if (mayHaveHappened(issued.error()))
            self->explainUnanswered(id, version, issued.error());
        else if (self->m_dialog)
            self->m_dialog->showError(issued.error());
    });
}

/// The token's version tells whether a rotation happened that got no answer; it is never just sent again.
void RotateController::explainUnanswered(const TokenId& id, int versionBefore, const Error& why)
{
    m_call = m_session.client.getToken(id, [self = QPointer(this), versionBefore, why](Result<access::ServiceToken> token) {
        if (!self)
            return;
        QString more = tr("Whether a new secret was made is not known: reload the list before another try.");
        if (token) {
            ++self->m_session.changes;
            self->m_session.window.putToken(*token);
            const bool made = token->clientSecretVersion > versionBefore;
            if (made)
                self->m_session.recordRotation(*token);
            more = made ? tr("A new secret was made, but it was lost on the way, and no secret is told twice. Rotate once more to get one.")
                        : tr("Nothing was changed: the secret is the one it was.");
        }
        if (self->m_dialog)
            self->m_dialog->showError({why.code, tr("%1 %2", "what failed, what became of it").arg(QString::fromStdString(why.message), more).toStdString(), {}});
    });
}

void RotateController::rotated(client::IssuedToken issued, bool keep)
{
    ++m_session.changes;
    m_session.window.setNow(m_session.clock.now());   // the countdown begins with the time that it is
    m_session.window.putToken(issued.token);
    m_session.recordRotation(issued.token);
    const TokenId id = issued.token.id;
    if (!keep && m_session.secrets.kept().contains(id)) {
        // What is kept there no longer is the token's secret: copying it later would be a trap.
        m_session.secrets.remove(id, [self = QPointer(this), id](Result<void> removed) {
            if (!self)
                return;
            self->m_session.window.setSecretKept(id, !removed);
            if (!removed)
                self->m_session.window.showNotice(tr("The keychain still holds the old secret (%1).").arg(QString::fromStdString(removed.error().message)));
        });
    }
    m_handover.issued(std::move(issued), keep);
}

void RotateController::showUnkept(client::IssuedToken issued, const Error& why)
{
    if (m_dialog)
        m_dialog->deleteLater();
    m_dialog = new ui::RotateDialog(m_session.theme,
                                    {.token = issued.token, .account = m_session.account, .keptNow = false, .now = m_session.clock.now()},
                                    &m_session.window);
    m_handover.setDialog(m_dialog);
    m_handover.issued(std::move(issued), false);
    m_dialog->setKeepState(ui::KeepState::failed, QString::fromStdString(why.message));
    m_dialog->open();
}

void RotateController::askToEndPrevious(const TokenId& id)
{
    const access::ServiceToken* token = m_session.window.tokenModel().find(id);
    if (!token)
        return;
    auto* question = new ui::ConfirmDialog(m_session.theme,
                                           {.title = tr("End the previous secret of “%1” now?").arg(QString::fromStdString(token->name)),
                                            .text = tr("In %1. Whatever still uses the previous secret is refused from now on. The current secret is not touched. This cannot be undone.")
                                                        .arg(m_session.account),
                                            .yes = tr("End it now"),
                                            .no = tr("Cancel"),
                                            .destructive = true},
                                           &m_session.window);
    question->setAttribute(Qt::WA_DeleteOnClose);
    connect(question, &QDialog::accepted, this, [this, id] { moveEnd(id, m_session.clock.now()); });
    question->open();
}

void RotateController::openMoreTime(const TokenId& id)
{
    const access::ServiceToken* token = m_session.window.tokenModel().find(id);
    if (!token || m_moreTime)
        return;
    m_moreTime = new ui::MoreTimeDialog(m_session.theme, *token, m_session.clock.now(), &m_session.window);
    m_moreTime->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_moreTime, &QDialog::finished, this, [this] { m_moreTime = nullptr; });
    connect(m_moreTime, &ui::MoreTimeDialog::requested, this, [this, id](std::chrono::sys_seconds end) { moveEnd(id, end); });
    m_moreTime->open();
}

void RotateController::moveEnd(const TokenId& id, std::chrono::sys_seconds end)
{
    m_call = m_session.client.updateToken(id, {.name = {}, .duration = {}, .enabled = {}, .previousSecretEnd = end}, [self = QPointer(this)](Result<access::ServiceToken> updated) {
        if (!self)
            return;
        if (updated) {
            self->recordEnd(*updated);
            ++self->m_session.changes;
            self->m_session.window.setNow(self->m_session.clock.now());
            self->m_session.window.putToken(*updated);
            if (self->m_moreTime)
                self->m_moreTime->accept();
        } else if (self->m_moreTime) {
            self->m_moreTime->showError(updated.error());
        } else {
            self->m_session.window.showNotice(tr("The previous secret could not be ended: %1").arg(QString::fromStdString(updated.error().message)));
        }
    });
}

void RotateController::recordEnd(const access::ServiceToken& token)
{
    const auto end = token.previousClientSecretExpiresAt;
    if (end && *end > m_session.clock.now())
        m_session.record(ui::ChangeKind::previousMoved, token, tr("until %1").arg(ui::DateText().absolute(*end)));
    else
        m_session.record(ui::ChangeKind::previousEnded, token);
}

} // namespace latchkey::app
