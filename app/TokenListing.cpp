// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokenListing.h"

#include <algorithm>

namespace latchkey::app {

/// A list under way. It first asks page by page whether the revision is still the known one; from the first page that is
/// not, everything is loaded anew, since what moved between pages cannot be told.
struct TokenListing::Look {
    Handler handler;
    client::PageHandler<access::ServiceToken> onPage;
    std::vector<std::string> known;   ///< What is compared with; empty: nothing is.
    int page = 1;
    Tokens tokens;
    std::vector<std::string> revisions;
    std::shared_ptr<client::Revision> revision;
};

TokenListing::TokenListing(client::ManagementClient& client)
    : m_client(client)
{
}

TokenListing::~TokenListing()
{
    m_alive.reset();
    m_call.cancel();
}

void TokenListing::look(Handler handler, client::PageHandler<access::ServiceToken> onPage)
{
    auto look = std::make_shared<Look>();
    look->handler = std::move(handler);
    look->onPage = std::move(onPage);
    look->known = m_revisions;
    m_active = true;
    nextPage(std::move(look));
}

void TokenListing::nextPage(std::shared_ptr<Look> look)
{
    wire::ListQuery query;
    query.page = look->page;
    query.perPage = wire::ListQuery::largestPerPage;
    look->revision = std::make_shared<client::Revision>();
    if (!look->known.empty())
        look->revision->tag = look->known[static_cast<std::size_t>(look->page - 1)];
    m_call = m_client.listTokens(query, look->revision, [this, alive = std::weak_ptr(m_alive), look](Result<client::ListPage<access::ServiceToken>> page) {
        if (!alive.expired())
            took(look, std::move(page));
    });
}

void TokenListing::answer(Look& look, Result<std::optional<Tokens>> result)
{
    m_active = false;
    look.handler(std::move(result));   // may begin another, or destroy this
}

void TokenListing::took(const std::shared_ptr<Look>& look, Result<client::ListPage<access::ServiceToken>> page)
{
    if (!page)
        return answer(*look, std::unexpected(page.error()));
    if (!look->known.empty() && look->revision->unchanged) {
        if (static_cast<std::size_t>(look->page) == look->known.size())
            return answer(*look, std::nullopt);
        ++look->page;
        return nextPage(look);
    }
    if (!look->known.empty() && look->page > 1) {
        look->known.clear();
        look->page = 1;
        return nextPage(look);
    }
    look->known.clear();
    const bool last = page->items.empty() || static_cast<int>(look->tokens.size() + page->items.size()) >= page->totalCount;
    std::ranges::move(page->items, std::back_inserter(look->tokens));
    look->revisions.push_back(look->revision->tag);
    if (look->onPage)
        look->onPage(look->tokens, std::max(page->totalCount, static_cast<int>(look->tokens.size())));
    if (!last) {
        ++look->page;
        return nextPage(look);
    }
    // A server without revisions: nothing to compare with the next time.
    m_revisions = std::ranges::any_of(look->revisions, &std::string::empty) ? std::vector<std::string>() : std::move(look->revisions);
    answer(*look, std::move(look->tokens));
}

} // namespace latchkey::app
