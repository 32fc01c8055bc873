// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Session.h"

#include <QObject>
#include <QTimer>

namespace latchkey::app {

/// Keeps the window's list, applications and last requests true: loads them, polls quietly, and says what failed.
class TokenListController final : public QObject {
    Q_OBJECT
public:
    explicit TokenListController(Session& session, QObject* parent = nullptr);
    ~TokenListController() override;

    void reload();          ///< Loud: shows that it loads.

private:
    void load();
    void loadRequests();

    static constexpr std::chrono::seconds pollInterval{15};

    Session& m_session;
    client::CallHandle m_tokens;
    client::CallHandle m_applications;
    client::CallHandle m_requests;
    std::vector<access::TokenId> m_selected;
    QTimer m_poll;
};

} // namespace latchkey::app
