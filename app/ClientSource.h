// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "WatchedSource.h"

#include "agent/client/ManagementClient.h"

#include <memory>

namespace latchkey::app {

/// Watches a profile through a management client that outlives it. Where the server has revisions (the agent has) an
/// unchanged list costs a few hundred bytes a page.
class ClientSource final : public WatchedSource {
public:
    ClientSource(std::string profileId, QString name, client::ManagementClient& client, std::chrono::seconds interval);
    ~ClientSource() override;

    [[nodiscard]] std::string profileId() const override { return m_profileId; }
    [[nodiscard]] QString name() const override { return m_name; }
    [[nodiscard]] std::chrono::seconds interval() const override { return m_interval; }
    void look(ListHandler handler) override;
    void refresh(const access::TokenId& id, TokenHandler handler) override;

private:
    struct Look;
    void nextPage(std::shared_ptr<Look> look);
    void took(const std::shared_ptr<Look>& look, Result<client::ListPage<access::ServiceToken>> page);

    std::string m_profileId;
    QString m_name;
    client::ManagementClient& m_client;
    std::chrono::seconds m_interval;
    client::CallHandle m_call;
    std::vector<std::string> m_revisions;   ///< One a page, of the list handed out last.
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace latchkey::app
