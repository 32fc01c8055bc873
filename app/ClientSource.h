// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "TokenListing.h"
#include "WatchedSource.h"

#include <memory>

namespace latchkey::app {

/// Watches a profile through a management client that outlives it.
class ClientSource final : public WatchedSource {
public:
    ClientSource(std::string profileId, QString name, client::ManagementClient& client, std::chrono::seconds interval);

    [[nodiscard]] std::string profileId() const override { return m_profileId; }
    [[nodiscard]] QString name() const override { return m_name; }
    [[nodiscard]] std::chrono::seconds interval() const override { return m_interval; }
    void look(ListHandler handler) override;
    void refresh(const access::TokenId& id, TokenHandler handler) override;

private:
    std::string m_profileId;
    QString m_name;
    client::ManagementClient& m_client;
    std::chrono::seconds m_interval;
    TokenListing m_listing;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

} // namespace latchkey::app
