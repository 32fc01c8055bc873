// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "TokenFilter.h"
#include "TokenQuery.h"

#include "agent/access/Application.h"

#include <QCollator>

#include <memory>
#include <unordered_map>
#include <unordered_set>

namespace latchkey::ui {

/// What the tokens are chosen by.
struct TokenCriteria {
    TokenFilter filter = TokenFilter::all;
    TokenQuery query;
    std::optional<ExpirySpan> span;
};

/// By what the tokens are put in order. `urgency` is what needs attention first.
enum class TokenOrder { urgency, name, clientId, created, expires, lastSeen, usedBy, lifetime, owner, account };

/// The tokens, with what search and order need of each made once: folded texts, the place of its name in the alphabet.
/// A token has one slot from its arrival to its release, so that lists of slots stay right whatever else changes.
/// A value without signals; TokenModel tells views. One change costs a pass over arrays of integers, never a sort.
class TokenIndex {
public:
    using Slot = std::uint32_t;

    struct Change {
        std::vector<Slot> added;
        std::vector<Slot> changed;
        std::vector<Slot> removed;   ///< Readable until release().
        [[nodiscard]] bool isEmpty() const { return added.empty() && changed.empty() && removed.empty(); }
    };

    TokenIndex();
    TokenIndex(const TokenIndex&) = delete;

    /// Puts and removes by id. One listed twice is one token. Release what was removed when no list names it any more.
    Change apply(std::vector<access::ServiceToken> put, const std::vector<access::TokenId>& remove = {});
    /// `whole` is all there is.
    Change replaceAll(std::vector<access::ServiceToken> whole);
    void release(const std::vector<Slot>& removed);

    /// Which applications' policies name which tokens. Returns the slots for which that changed.
    std::vector<Slot> setApplications(const std::vector<access::Application>& applications);
    std::vector<Slot> setOwners(const std::unordered_map<access::TokenId, QString>& owners);
    std::vector<Slot> setAccounts(const std::unordered_map<access::TokenId, QString>& accounts);

    [[nodiscard]] std::size_t size() const { return m_byId.size(); }
    [[nodiscard]] std::size_t slotCount() const { return m_rows.size(); }
    [[nodiscard]] std::optional<Slot> find(const access::TokenId& id) const;
    [[nodiscard]] const access::ServiceToken& token(Slot slot) const { return m_rows[slot]->token; }
    [[nodiscard]] const access::ServiceToken* tokenIn(std::size_t slot) const { return m_rows[slot] ? &m_rows[slot]->token : nullptr; }   ///< nullptr: it is free.
    [[nodiscard]] const QString& owner(Slot slot) const { return m_rows[slot]->owner; }
    [[nodiscard]] const QString& account(Slot slot) const { return m_rows[slot]->account; }   ///< Empty: all are of one.
    /// Applications that name it, by their place in applicationNames().
    [[nodiscard]] const std::vector<std::uint32_t>& applicationsOf(Slot slot) const { return m_rows[slot]->applications; }
    [[nodiscard]] const std::vector<QString>& applicationNames() const { return m_applicationNames; }   ///< In the order of the alphabet.

    [[nodiscard]] bool accepts(Slot slot, const TokenCriteria& criteria, std::chrono::sys_seconds now) const;
    [[nodiscard]] bool isUnused(Slot slot, std::chrono::sys_seconds now) const;
    [[nodiscard]] TokenCounts counts(std::chrono::sys_seconds now) const;

    /// All slots in order; ties read A to Z whichever way.
    [[nodiscard]] std::vector<Slot> sorted(TokenOrder order, bool descending, std::chrono::sys_seconds now) const;
    void sort(std::vector<Slot>& slots, TokenOrder order, bool descending, std::chrono::sys_seconds now) const;
    /// `list`, in order but for `touched` (which it may hold or not), with `touched` in their places: a merge.
    [[nodiscard]] std::vector<Slot> merged(const std::vector<Slot>& list, std::vector<Slot> touched, const std::vector<Slot>& removed,
                                           TokenOrder order, bool descending, std::chrono::sys_seconds now) const;

private:
    struct Row {
        access::ServiceToken token;
        std::string haystack;        ///< Folded: name, line feed, Client ID.
        std::size_t nameLength = 0;
        QCollatorSortKey nameKey;
        QString owner;
        std::string foldedOwner;
        QString account;
        std::vector<std::uint32_t> applications;
        std::vector<const std::string*> foldedApplications;
    };
    struct Key {
        std::uint64_t value;
        std::uint32_t rank;
        Slot slot;
    };

    [[nodiscard]] std::unique_ptr<Row> makeRow(access::ServiceToken token) const;
    [[nodiscard]] std::uint64_t valueOf(Slot slot, TokenOrder order, std::chrono::sys_seconds now) const;
    [[nodiscard]] Key keyOf(Slot slot, TokenOrder order, bool descending, std::chrono::sys_seconds now) const;
    [[nodiscard]] bool before(const Key& a, const Key& b, TokenOrder order, bool descending) const;
    [[nodiscard]] bool nameBefore(Slot a, Slot b) const;
    void mergeInto(std::vector<Slot>& list, std::vector<Slot> added, const std::vector<Slot>& gone, bool byName) const;
    void rankNames();
    void linkApplications(Row& row) const;

    QCollator m_collator;
    std::vector<std::unique_ptr<Row>> m_rows;   ///< By slot; null where free.
    std::vector<Slot> m_free;
    std::vector<Slot> m_byId;
    std::vector<Slot> m_byName;
    std::vector<std::uint32_t> m_nameRank;      ///< By slot.
    std::vector<QString> m_applicationNames;
    std::vector<std::string> m_foldedApplicationNames;
    std::unordered_map<access::TokenId, std::vector<std::uint32_t>> m_namedBy;
    std::unordered_map<access::TokenId, QString> m_owners;
    std::vector<QString> m_ownersInOrder;
    std::unordered_map<access::TokenId, QString> m_accounts;
    std::vector<QString> m_accountsInOrder;
};

} // namespace latchkey::ui
