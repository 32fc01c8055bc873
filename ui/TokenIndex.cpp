// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokenIndex.h"

#include <algorithm>
#include <limits>
#include <ranges>

namespace latchkey::ui {

using access::ServiceToken;
using access::TokenId;
using access::TokenState;
using std::chrono::sys_seconds;

namespace {

constexpr std::chrono::days unusedAfter{30};

/// What needs attention first.
std::uint64_t urgencyOf(TokenState state)
{
    switch (state) {
    case TokenState::expired: return 0;
    case TokenState::expiresSoon: return 1;
    case TokenState::active: return 2;
    case TokenState::disabled: return 3;
    }
    return 4;
}

/// Signed time as an unsigned key in the same order, with room below and above for "never".
std::uint64_t timeKey(sys_seconds at)
{
    return (static_cast<std::uint64_t>(at.time_since_epoch().count()) ^ (1ull << 63)) >> 1;
}

std::uint64_t firstBytes(const std::string& text)
{
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < sizeof key; ++i)
        key = (key << 8) | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0u);
    return key;
}

} // namespace

TokenIndex::TokenIndex() = default;

std::unique_ptr<TokenIndex::Row> TokenIndex::makeRow(ServiceToken token) const
{
    const QString name = QString::fromStdString(token.name).toCaseFolded();
    std::string haystack = name.toStdString();
    const std::size_t nameLength = haystack.size();
    haystack.push_back('\n');
    haystack += TokenQuery::folded(QString::fromStdString(token.clientId.value));
    haystack.shrink_to_fit();
    auto row = std::make_unique<Row>(Row{.token = std::move(token),
                                         .haystack = std::move(haystack),
                                         .nameLength = nameLength,
                                         .nameKey = m_collator.sortKey(name),
                                         .owner = {},
                                         .foldedOwner = {},
                                         .account = {},
                                         .applications = {},
                                         .foldedApplications = {}});
    if (const auto owner = m_owners.find(row->token.id); owner != m_owners.end()) {
        row->owner = owner->second;
        row->foldedOwner = TokenQuery::folded(owner->second);
    }
    if (const auto account = m_accounts.find(row->token.id); account != m_accounts.end())
        row->account = account->second;
    linkApplications(*row);
    return row;
}

void TokenIndex::linkApplications(Row& row) const
{
    row.applications.clear();
    row.foldedApplications.clear();
    if (const auto found = m_namedBy.find(row.token.id); found != m_namedBy.end()) {
        row.applications = found->second;
        for (const std::uint32_t application : found->second)
            row.foldedApplications.push_back(&m_foldedApplicationNames[application]);
    }
}

TokenIndex::Change TokenIndex::apply(std::vector<ServiceToken> put, const std::vector<TokenId>& remove)
{
    Change change;
    std::vector<Slot> renamed;
    std::vector<ServiceToken> fresh;
    for (const TokenId& id : remove) {
        if (const auto slot = find(id))
            change.removed.push_back(*slot);
    }
    for (ServiceToken& token : put) {
        const auto slot = find(token.id);
        if (!slot) {
            fresh.push_back(std::move(token));
        } else if (m_rows[*slot]->token != token) {
            if (m_rows[*slot]->token.name != token.name)
                renamed.push_back(*slot);
            change.changed.push_back(*slot);
            m_rows[*slot] = makeRow(std::move(token));
        }
    }
    // The server may list one twice when pages shift under it: the first is as good as the second.
    std::ranges::stable_sort(fresh, {}, &ServiceToken::id);
    const auto twice = std::ranges::unique(fresh, {}, &ServiceToken::id);
    fresh.erase(twice.begin(), twice.end());
    for (ServiceToken& token : fresh) {
        Slot slot = 0;
        if (m_free.empty()) {
            slot = static_cast<Slot>(m_rows.size());
            m_rows.emplace_back();
            m_nameRank.push_back(0);
        } else {
            slot = m_free.back();
            m_free.pop_back();
        }
        m_rows[slot] = makeRow(std::move(token));
        change.added.push_back(slot);
    }
    if (change.isEmpty())
        return change;
    mergeInto(m_byId, change.added, change.removed, false);
    std::vector<Slot> gone = change.removed;
    gone.insert(gone.end(), renamed.begin(), renamed.end());
    std::vector<Slot> come = change.added;
    come.insert(come.end(), renamed.begin(), renamed.end());
    if (!gone.empty() || !come.empty()) {
        mergeInto(m_byName, std::move(come), gone, true);
        rankNames();
    }
    return change;
}

TokenIndex::Change TokenIndex::replaceAll(std::vector<ServiceToken> whole)
{
    std::vector<bool> wanted(m_rows.size());
    for (const ServiceToken& token : whole) {
        if (const auto slot = find(token.id))
            wanted[*slot] = true;
    }
    std::vector<TokenId> missing;
    for (const Slot slot : m_byId) {
        if (!wanted[slot])
            missing.push_back(m_rows[slot]->token.id);
    }
    return apply(std::move(whole), missing);
}

void TokenIndex::release(const std::vector<Slot>& removed)
{
    for (const Slot slot : removed) {
        m_rows[slot].reset();
        m_free.push_back(slot);
    }
}

/// Takes `gone` out of an ordered list and puts `added` into their places.
void TokenIndex::mergeInto(std::vector<Slot>& list, std::vector<Slot> added, const std::vector<Slot>& gone, bool byName) const
{
    if (!gone.empty()) {
        std::vector<bool> out(m_rows.size());
        for (const Slot slot : gone)
            out[slot] = true;
        std::erase_if(list, [&](Slot slot) { return out[slot]; });
    }
    const auto before = [&](Slot a, Slot b) { return byName ? nameBefore(a, b) : m_rows[a]->token.id < m_rows[b]->token.id; };
    std::ranges::sort(added, before);
    std::vector<Slot> result;
    result.reserve(list.size() + added.size());
    auto from = list.begin();
    for (const Slot slot : added) {
        // Looking up each place costs far fewer comparisons than walking along a long list.
        const auto place = std::lower_bound(from, list.end(), slot, before);
        result.insert(result.end(), from, place);
        result.push_back(slot);
        from = place;
    }
    result.insert(result.end(), from, list.end());
    list = std::move(result);
}

bool TokenIndex::nameBefore(Slot a, Slot b) const
{
    const int order = m_rows[a]->nameKey.compare(m_rows[b]->nameKey);
    return order != 0 ? order < 0 : m_rows[a]->token.id < m_rows[b]->token.id;
}

void TokenIndex::rankNames()
{
    std::uint32_t rank = 0;
    for (const Slot slot : m_byName)
        m_nameRank[slot] = rank++;
}

std::vector<TokenIndex::Slot> TokenIndex::setApplications(const std::vector<access::Application>& applications)
{
    std::vector<std::pair<QString, const access::Application*>> ordered;
    ordered.reserve(applications.size());
    for (const access::Application& application : applications)
        ordered.emplace_back(QString::fromStdString(application.name), &application);
    std::ranges::stable_sort(ordered, [this](const auto& a, const auto& b) { return m_collator.compare(a.first, b.first) < 0; });

    m_applicationNames.clear();
    m_foldedApplicationNames.clear();
    std::unordered_map<TokenId, std::vector<std::uint32_t>> namedBy;
    for (std::uint32_t i = 0; i < ordered.size(); ++i) {
        m_applicationNames.push_back(ordered[i].first);
        m_foldedApplicationNames.push_back(TokenQuery::folded(ordered[i].first));
        for (const access::Policy& policy : ordered[i].second->policies) {
            for (const access::Rule& rule : policy.include) {
                const auto* named = std::get_if<access::ServiceTokenRule>(&rule);
                if (!named)
                    continue;
                std::vector<std::uint32_t>& list = namedBy[named->tokenId];
                if (list.empty() || list.back() != i)
                    list.push_back(i);
            }
        }
    }
    m_namedBy = std::move(namedBy);
    std::vector<Slot> changed;
    for (const Slot slot : m_byId) {
        Row& row = *m_rows[slot];
        const std::vector<std::uint32_t> earlier = row.applications;
        linkApplications(row);
        if (row.applications != earlier)
            changed.push_back(slot);
    }
    return changed;
}

std::vector<TokenIndex::Slot> TokenIndex::setOwners(const std::unordered_map<TokenId, QString>& owners)
{
    m_owners = owners;
    m_ownersInOrder.clear();
    for (const auto& [id, owner] : owners)
        m_ownersInOrder.push_back(owner);
    std::ranges::sort(m_ownersInOrder);
    m_ownersInOrder.erase(std::ranges::unique(m_ownersInOrder).begin(), m_ownersInOrder.end());
    std::vector<Slot> changed;
    for (const Slot slot : m_byId) {
        Row& row = *m_rows[slot];
        const auto found = m_owners.find(row.token.id);
        const QString owner = found == m_owners.end() ? QString() : found->second;
        if (owner == row.owner)
            continue;
        row.owner = owner;
        row.foldedOwner = TokenQuery::folded(owner);
        changed.push_back(slot);
    }
    return changed;
}

std::vector<TokenIndex::Slot> TokenIndex::setAccounts(const std::unordered_map<TokenId, QString>& accounts)
{
    m_accounts = accounts;
    m_accountsInOrder.clear();
    for (const auto& [id, account] : accounts) {
        if (std::ranges::find(m_accountsInOrder, account) == m_accountsInOrder.end())   // a handful
            m_accountsInOrder.push_back(account);
    }
    std::ranges::sort(m_accountsInOrder);
    std::vector<Slot> changed;
    for (const Slot slot : m_byId) {
        Row& row = *m_rows[slot];
        const auto found = m_accounts.find(row.token.id);
        const QString account = found == m_accounts.end() ? QString() : found->second;
        if (account == row.account)
            continue;
        row.account = account;
        changed.push_back(slot);
    }
    return changed;
}

std::optional<TokenIndex::Slot> TokenIndex::find(const TokenId& id) const
{
    const auto place = std::lower_bound(m_byId.begin(), m_byId.end(), id,
                                        [this](Slot slot, const TokenId& wanted) { return m_rows[slot]->token.id < wanted; });
    if (place == m_byId.end() || m_rows[*place]->token.id != id)
        return std::nullopt;
    return *place;
}

bool TokenIndex::isUnused(Slot slot, sys_seconds now) const
{
    const ServiceToken& one = token(slot);
    return one.lastSeenAt.value_or(one.createdAt) + unusedAfter <= now;
}

bool TokenIndex::accepts(Slot slot, const TokenCriteria& criteria, sys_seconds now) const
{
    const Row& row = *m_rows[slot];
    switch (criteria.filter) {
    case TokenFilter::all: break;
    case TokenFilter::expiringSoon:
        if (access::stateAt(row.token, now) != TokenState::expiresSoon)
            return false;
        break;
    case TokenFilter::expired:
        if (access::stateAt(row.token, now) != TokenState::expired)
            return false;
        break;
    case TokenFilter::disabled:
        if (access::stateAt(row.token, now) != TokenState::disabled)
            return false;
        break;
    case TokenFilter::unused:
        if (!isUnused(slot, now))
            return false;
        break;
    }
    if (criteria.span && !criteria.span->holds(row.token.expiresAt))
        return false;
    return criteria.query.matches({row.token, row.haystack, std::string_view(row.haystack).substr(0, row.nameLength), row.foldedApplications, row.foldedOwner},
                                  now);
}

TokenCounts TokenIndex::counts(sys_seconds now) const
{
    TokenCounts counts;
    counts.all = static_cast<int>(m_byId.size());
    for (const Slot slot : m_byId) {
        switch (access::stateAt(token(slot), now)) {
        case TokenState::active: break;
        case TokenState::expiresSoon: ++counts.expiringSoon; break;
        case TokenState::expired: ++counts.expired; break;
        case TokenState::disabled: ++counts.disabled; break;
        }
        counts.unused += isUnused(slot, now) ? 1 : 0;
    }
    return counts;
}

std::uint64_t TokenIndex::valueOf(Slot slot, TokenOrder order, sys_seconds now) const
{
    constexpr std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
    if (order == TokenOrder::name)
        return m_nameRank[slot];
    const ServiceToken& one = token(slot);
    switch (order) {
    case TokenOrder::urgency: return urgencyOf(access::stateAt(one, now));
    case TokenOrder::name: break;
    case TokenOrder::clientId: return firstBytes(one.clientId.value);
    case TokenOrder::created: return timeKey(one.createdAt);
    // Never ends: later than any end. Never seen: longer ago than anything.
    case TokenOrder::expires: return one.expiresAt ? timeKey(*one.expiresAt) : last;
    case TokenOrder::lastSeen: return one.lastSeenAt ? timeKey(*one.lastSeenAt) + 1 : 0;
    case TokenOrder::usedBy: return m_rows[slot]->applications.size();
    case TokenOrder::lifetime: {
        const auto length = one.duration.length();
        return length ? static_cast<std::uint64_t>(length->count()) : last;
    }
    case TokenOrder::owner: {
        // Without an owner: after those that have one.
        const QString& owner = m_rows[slot]->owner;
        return owner.isEmpty() ? last : static_cast<std::uint64_t>(std::ranges::lower_bound(m_ownersInOrder, owner) - m_ownersInOrder.begin());
    }
    case TokenOrder::account:
        return static_cast<std::uint64_t>(std::ranges::lower_bound(m_accountsInOrder, m_rows[slot]->account) - m_accountsInOrder.begin());
    }
    return 0;
}

TokenIndex::Key TokenIndex::keyOf(Slot slot, TokenOrder order, bool descending, sys_seconds now) const
{
    const std::uint64_t value = valueOf(slot, order, now);
    return {descending ? ~value : value, m_nameRank[slot], slot};
}

bool TokenIndex::before(const Key& a, const Key& b, TokenOrder order, bool descending) const
{
    if (a.value != b.value)
        return a.value < b.value;
    if (order == TokenOrder::clientId) {
        // The key is the beginning only.
        const int rest = token(a.slot).clientId.value.compare(token(b.slot).clientId.value);
        if (rest != 0)
            return descending ? rest > 0 : rest < 0;
    }
    return a.rank < b.rank;
}

std::vector<TokenIndex::Slot> TokenIndex::sorted(TokenOrder order, bool descending, sys_seconds now) const
{
    std::vector<Slot> slots = m_byName;
    if (order == TokenOrder::name) {
        if (descending)
            std::ranges::reverse(slots);
        return slots;
    }
    sort(slots, order, descending, now);
    return slots;
}

void TokenIndex::sort(std::vector<Slot>& slots, TokenOrder order, bool descending, sys_seconds now) const
{
    std::vector<Key> keys;
    keys.reserve(slots.size());
    for (const Slot slot : slots)
        keys.push_back(keyOf(slot, order, descending, now));
    std::sort(keys.begin(), keys.end(), [&](const Key& a, const Key& b) { return before(a, b, order, descending); });
    for (std::size_t i = 0; i < keys.size(); ++i)
        slots[i] = keys[i].slot;
}

std::vector<TokenIndex::Slot> TokenIndex::merged(const std::vector<Slot>& list, std::vector<Slot> touched, const std::vector<Slot>& removed,
                                                 TokenOrder order, bool descending, sys_seconds now) const
{
    std::vector<bool> out(m_rows.size());
    for (const Slot slot : touched)
        out[slot] = true;
    for (const Slot slot : removed)
        out[slot] = true;
    std::vector<Slot> kept;
    kept.reserve(list.size() + touched.size());
    std::ranges::copy_if(list, std::back_inserter(kept), [&](Slot slot) { return !out[slot]; });
    sort(touched, order, descending, now);

    std::vector<Slot> result;
    result.reserve(kept.size() + touched.size());
    auto from = kept.begin();
    for (const Slot slot : touched) {
        const Key key = keyOf(slot, order, descending, now);
        const auto place = std::lower_bound(from, kept.end(), key, [&](Slot other, const Key& wanted) {
            return before(keyOf(other, order, descending, now), wanted, order, descending);
        });
        result.insert(result.end(), from, place);
        result.push_back(slot);
        from = place;
    }
    result.insert(result.end(), from, kept.end());
    return result;
}

} // namespace latchkey::ui
