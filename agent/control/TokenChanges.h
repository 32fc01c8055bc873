// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Commands.h"
#include "Transaction.h"

namespace latchkey::control {

// The life of a service token, each step inside a transaction. Source: access-facts, "Lifecycle".
[[nodiscard]] Result<IssuedToken> createToken(Transaction& transaction, const NewToken& wanted);
[[nodiscard]] Result<UpdatedToken> updateToken(Transaction& transaction, const access::TokenId& id, const TokenChange& change);
/// What is rotated out by this is accepted until `previousEnd`, or no longer; an older previous secret ends at once.
[[nodiscard]] Result<IssuedToken> rotateToken(Transaction& transaction, const access::TokenId& id,
                                              std::optional<std::chrono::sys_seconds> previousEnd);
/// A token from elsewhere, with its ids and digests; what is missing (ids, times) is made. The record as it was stored.
[[nodiscard]] Result<access::TokenRecord> insertToken(Transaction& transaction, access::TokenRecord wanted);
/// Puts `wanted`, of the same id and Client ID, in the place of `before`.
[[nodiscard]] Result<void> replaceToken(Transaction& transaction, const access::TokenRecord& before, const access::TokenRecord& wanted);
/// A year from now whatever the duration was; a token that never expires stays as it is.
[[nodiscard]] Result<access::ServiceToken> refreshToken(Transaction& transaction, const access::TokenId& id);
/// Policies that name the token keep their rule, which matches nothing from then on.
[[nodiscard]] Result<access::ServiceToken> deleteToken(Transaction& transaction, const access::TokenId& id);

[[nodiscard]] Error noSuchToken(const access::TokenId& id);

} // namespace latchkey::control
