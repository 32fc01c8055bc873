// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/client/ManagementClient.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace latchkey::app {

/// The whole list of a client's tokens, again and again. Where the server has revisions (the agent has) a list that did not
/// change costs a few hundred bytes a page; what is no change to them, when a token was last seen, is then not news either.
/// One look at a time. GUI thread; `client` outlives it.
class TokenListing {
public:
    explicit TokenListing(client::ManagementClient& client);
    ~TokenListing();   ///< A look under way never answers.

    using Tokens = std::vector<access::ServiceToken>;
    /// nullopt: nothing changed since the list that was handed out last.
    using Handler = std::move_only_function<void(Result<std::optional<Tokens>>)>;
    void look(Handler handler, client::PageHandler<access::ServiceToken> onPage = nullptr);
    void forget() { m_revisions.clear(); }   ///< The next look brings the whole list, changed or not.
    void cancel() { m_call.cancel(); }       ///< It answers ErrorCode::cancelled.

    [[nodiscard]] bool isActive() const { return m_active; }
    [[nodiscard]] bool hasRevisions() const { return !m_revisions.empty(); }

private:
    struct Look;
    void nextPage(std::shared_ptr<Look> look);
    void took(const std::shared_ptr<Look>& look, Result<client::ListPage<access::ServiceToken>> page);
    void answer(Look& look, Result<std::optional<Tokens>> result);

    client::ManagementClient& m_client;
    client::CallHandle m_call;
    std::vector<std::string> m_revisions;   ///< One a page, of the list handed out last.
    bool m_active = false;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace latchkey::app
