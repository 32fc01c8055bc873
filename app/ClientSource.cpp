// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ClientSource.h"

namespace latchkey::app {

/// A list under way. It first asks page by page whether the revision is still the known one; from the first page that is
/// not, everything is loaded anew, since what moved between pages cannot be told.
struct ClientSource::Look {
    ListHandler handler;
    bool comparing = false;
    int page = 1;
    std::vector<access::ServiceToken> tokens;
    std::vector<std::string> revisions;
    std::shared_ptr<client::Revision> revision;
};

ClientSource::ClientSource(std::string profileId, QString name, client::ManagementClient& client, std::chrono::seconds interval)
    : m_profileId(std::move(profileId))
    , m_name(std::move(name))
    , m_client(client)
    , m_interval(interval)
{
}

ClientSource::~ClientSource()
{
    m_alive.reset();
    m_call.cancel();
}

void ClientSource::look(ListHandler handler)
{
    auto look = std::make_shared<Look>();
    look->handler = std::move(handler);
    look->comparing = !m_revisions.empty();
    nextPage(std::move(look));
}

void ClientSource::nextPage(std::shared_ptr<Look> look)
{
    wire::ListQuery query;
    query.page = look->page;
    query.perPage = wire::ListQuery::largestPerPage;
    look->revision = std::make_shared<client::Revision>();
    if (look->comparing)
        look->revision->tag = m_revisions[static_cast<std::size_t>(look->page - 1)];
    m_call = m_client.listTokens(query, look->revision, [this, alive = std::weak_ptr(m_alive), look](Result<client::ListPage<access::ServiceToken>> page) {
        if (!alive.expired())
            took(look, std::move(page));
    });
}

void ClientSource::took(const std::shared_ptr<Look>& look, Result<client::ListPage<access::ServiceToken>> page)
{
    if (!page) {
        look->handler(std::unexpected(page.error()));
        return;
    }
    if (look->comparing && look->revision->unchanged) {
        if (static_cast<std::size_t>(look->page) == m_revisions.size()) {
            look->handler(std::nullopt);
            return;
        }
        ++look->page;
        nextPage(look);
        return;
    }
    if (look->comparing && look->page > 1) {
        look->comparing = false;
        look->page = 1;
        nextPage(look);
        return;
    }
    look->comparing = false;
    const bool last = page->items.empty() || static_cast<int>(look->tokens.size() + page->items.size()) >= page->totalCount;
    std::ranges::move(page->items, std::back_inserter(look->tokens));
    look->revisions.push_back(look->revision->tag);
    if (!last) {
        ++look->page;
        nextPage(look);
        return;
    }
    // A server without revisions: nothing to compare with the next time.
    m_revisions = std::ranges::any_of(look->revisions, &std::string::empty) ? std::vector<std::string>() : std::move(look->revisions);
    look->handler(std::move(look->tokens));
}

void ClientSource::refresh(const access::TokenId& id, TokenHandler handler)
{
    m_client.refreshToken(id, [alive = std::weak_ptr(m_alive), handler = std::move(handler)](Result<access::ServiceToken> token) mutable {
        if (!alive.expired())
            handler(std::move(token));
    });
}

} // namespace latchkey::app
