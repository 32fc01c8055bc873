// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Commands.h"
#include "Transaction.h"

namespace latchkey::control {

// The life of a service token, each step inside a transaction. Source: access-facts, "Lifecycle".
[[nodiscard]] Result<IssuedToken> createToken(Transaction& transaction, const NewToken& wanted);
[[nodiscard]] Result<access::ServiceToken> updateToken(Transaction& transaction, const access::TokenId& id, const TokenChange& change);
/// A year from now whatever the duration was; a token that never expires stays as it is.
[[nodiscard]] Result<access::ServiceToken> refreshToken(Transaction& transaction, const access::TokenId& id);
/// Policies that name the token keep their rule, which matches nothing from then on.
[[nodiscard]] Result<access::ServiceToken> deleteToken(Transaction& transaction, const access::TokenId& id);

[[nodiscard]] Error noSuchToken(const access::TokenId& id);

} // namespace latchkey::control
