// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "BatchRunner.h"
#include "RotateController.h"
#include "Session.h"

#include "ui/EditTokenDialog.h"

#include <QObject>
#include <QPointer>

namespace latchkey::app {

/// What is done to one or many tokens through a BatchDialog (refresh, delete, enable, disable, rename, duration, rotate),
/// the dialog that edits one, and copying what the keychain holds.
class TokenActions final : public QObject {
    Q_OBJECT
public:
    TokenActions(Session& session, RotateController& rotation, QObject* parent = nullptr);
    ~TokenActions() override;

private:
    using Tokens = std::vector<access::ServiceToken>;
    void open(ui::TokenIntent intent, Tokens tokens);
    void openRefresh(Tokens tokens);
    void openDelete(Tokens tokens);
    void openEnable(const Tokens& tokens, bool enable);
    void openDuration(Tokens tokens);
    void openRename(Tokens tokens);
    void openRotateMany(const Tokens& tokens);
    void openEdit(const access::ServiceToken& token, ui::EditTokenDialog::Begin begin);
    void saveEdit(const access::ServiceToken& token, const ui::EditTokenRequest& request);
    void run(ui::BatchDialog* dialog, BatchRunner::RunOne runOne);
    client::CallHandle update(const access::TokenId& id, const client::TokenChange& change, BatchRunner::Told told);
    void noteUndo(const access::ServiceToken& before, const access::ServiceToken& after);
    void offerUndo();
    void undo(const std::vector<std::pair<access::TokenId, client::TokenChange>>& changes);
    void recordUpdate(const access::ServiceToken& before, const access::ServiceToken& after);
    client::CallHandle rotateAndKeep(const access::TokenId& id, std::optional<std::chrono::sys_seconds> previousEnd, BatchRunner::Told told);
    void forgetSecret(const access::TokenId& id);
    void copySecret(const access::TokenId& id, ui::CopyKind kind);
    [[nodiscard]] Tokens tokens(const std::vector<access::TokenId>& ids) const;

    Session& m_session;
    RotateController& m_rotation;
    QPointer<BatchRunner> m_runner;
    QPointer<ui::BatchDialog> m_dialog;
    QPointer<ui::EditTokenDialog> m_edit;
    client::CallHandle m_editCall;
    std::vector<std::pair<access::TokenId, client::TokenChange>> m_undo;   ///< Of the dialog on screen: what takes its changes back.
};

} // namespace latchkey::app
