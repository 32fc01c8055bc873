// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Session.h"
#include "TokenListing.h"

#include <QObject>
#include <QTimer>

namespace latchkey::app {

/// Keeps the window's list, applications and last requests true: loads them, asks from time to time what changed, obeys the
/// pause that a server asks for, and says what failed, and what the API token may not do.
class TokenListController final : public QObject {
    Q_OBJECT
public:
    explicit TokenListController(Session& session, QObject* parent = nullptr);
    ~TokenListController() override;

    void reload();          ///< Loud: shows that it loads, and loads everything.

private:
    void poll();
    void load();
    void loaded(Result<std::optional<TokenListing::Tokens>> tokens, std::uint64_t changesBefore);
    void failed(const Error& error);
    void explainRefusal();
    void loadApplications();
    void loadRequests();
    void lookAtSelected();
    void scheduleNext();
    void showPause();

    Session& m_session;
    TokenListing m_tokens;
    client::CallHandle m_applications;
    client::CallHandle m_requests;
    client::CallHandle m_one;
    client::CallHandle m_verify;
    std::vector<access::TokenId> m_selected;
    QTimer m_poll;          ///< Armed by an answer: never two requests at once, however slow the server.
    QTimer m_pauseTick;
    int m_polls = 0;
    int m_failures = 0;     ///< In a row.
};

} // namespace latchkey::app
