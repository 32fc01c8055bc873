// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ClientSource.h"

namespace latchkey::app {

ClientSource::ClientSource(std::string profileId, QString name, client::ManagementClient& client, std::chrono::seconds interval)
    : m_profileId(std::move(profileId))
    , m_name(std::move(name))
    , m_client(client)
    , m_interval(interval)
    , m_listing(client)
{
}

void ClientSource::look(ListHandler handler)
{
    m_listing.look(std::move(handler));
}

void ClientSource::refresh(const access::TokenId& id, TokenHandler handler)
{
    m_client.refreshToken(id, [alive = std::weak_ptr(m_alive), handler = std::move(handler)](Result<access::ServiceToken> token) mutable {
        if (!alive.expired())
            handler(std::move(token));
    });
}

} // namespace latchkey::app
