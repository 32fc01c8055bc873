// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Duration.h"
#include "agent/base/Error.h"
#include "agent/base/Json.h"

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace latchkey::wire {

// Reading members of API objects: nullopt or the fallback when missing or null, an error that names the member when it is
// of the wrong kind.

[[nodiscard]] Result<std::optional<std::string>> textMember(const Json& object, std::string_view name);
[[nodiscard]] Result<std::optional<bool>> boolMember(const Json& object, std::string_view name);
[[nodiscard]] Result<std::optional<std::int64_t>> integerMember(const Json& object, std::string_view name);
[[nodiscard]] Result<std::optional<std::chrono::sys_seconds>> timeMember(const Json& object, std::string_view name);
[[nodiscard]] Result<std::optional<access::Duration>> durationMember(const Json& object, std::string_view name);

/// The members that are not among `known`, as a JSON object's text; empty when there are none.
[[nodiscard]] std::string unknownMembers(const Json& object, std::span<const std::string_view> known);
/// Whether an `extra` text has this member.
[[nodiscard]] bool hasMember(const std::string& extra, std::string_view name);
/// Writes an `extra` text's members into the object, without touching those that stand there.
void addExtra(Json& object, const std::string& extra);

/// The first error among several results, or success.
template <typename... Results>
[[nodiscard]] Result<void> firstError(const Results&... results)
{
    Result<void> outcome;
    const auto look = [&](const auto& result) {
        if (outcome && !result)
            outcome = std::unexpected(result.error());
    };
    (look(results), ...);
    return outcome;
}

} // namespace latchkey::wire
