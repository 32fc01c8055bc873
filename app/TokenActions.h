// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Session.h"

#include "ui/DeleteDialog.h"
#include "ui/RefreshDialog.h"

#include <QObject>
#include <QPointer>

#include <deque>
#include <functional>

namespace latchkey::app {

/// Refresh, delete, and copying what the keychain holds. Batches run one token after the other, so that a cancel stops
/// between two and the outcome of each is known.
class TokenActions final : public QObject {
    Q_OBJECT
public:
    explicit TokenActions(Session& session, QObject* parent = nullptr);
    ~TokenActions() override;

private:
    void openRefresh(const std::vector<access::TokenId>& ids);
    void openDelete(const std::vector<access::TokenId>& ids);
    void connectBatch(ui::BatchDialog* dialog, void (TokenActions::*runOne)(const access::TokenId&));
    void runNext();
    void refreshOne(const access::TokenId& id);
    void deleteOne(const access::TokenId& id);
    void forgetSecret(const access::TokenId& id);
    void copySecret(const access::TokenId& id, ui::CopyKind kind);
    [[nodiscard]] std::vector<access::ServiceToken> tokens(const std::vector<access::TokenId>& ids) const;

    Session& m_session;
    QPointer<ui::BatchDialog> m_dialog;
    std::deque<access::TokenId> m_queue;
    void (TokenActions::*m_runOne)(const access::TokenId&) = nullptr;
    client::CallHandle m_call;
};

} // namespace latchkey::app
