// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>   // First: the moc of Qt 6.4 cannot read <compare> of GCC 12 before any other header of it.

#include <compare>
#include <functional>
#include <string>

namespace latchkey::access {

/// A text that identifies one kind of thing; ids of different kinds do not mix.
template <typename Kind>
struct Id {
    std::string value;

    [[nodiscard]] bool isEmpty() const { return value.empty(); }
    auto operator<=>(const Id&) const = default;
};

using TokenId = Id<struct TokenIdKind>;               ///< UUID, lower case.
using ClientId = Id<struct ClientIdKind>;             ///< 32 hex + `.access` (older: `.access.<domain>`). Public.
using ApplicationId = Id<struct ApplicationIdKind>;   ///< UUID.
using PolicyId = Id<struct PolicyIdKind>;             ///< UUID.
using GroupId = Id<struct GroupIdKind>;               ///< UUID: an Access group's.
using Audience = Id<struct AudienceKind>;             ///< 64 hex: an application's `aud` tag.

} // namespace latchkey::access

template <typename Kind>
struct std::hash<latchkey::access::Id<Kind>> {
    std::size_t operator()(const latchkey::access::Id<Kind>& id) const noexcept
    {
        return std::hash<std::string>()(id.value);
    }
};
