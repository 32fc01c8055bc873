// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/ServiceToken.h"
#include "agent/base/Json.h"
#include "agent/base/SecretBytes.h"

#include <optional>

namespace latchkey::wire {

// Service tokens as the API writes them. Source: access-facts, "Service tokens"; the official SDK's types.

[[nodiscard]] Json encode(const access::ServiceToken& token);
/// The reply to create: the token and its secret, once. The caller wipes what it makes of it.
[[nodiscard]] Json encodeIssued(const access::ServiceToken& token, std::string_view secret);

/// From a reply. Tolerant of missing optional members, and of a duration that is none (it is then what `expires_at` says:
/// a year or forever), so that one odd token does not hide a list; unknown members go to `extra`, and encode() writes them
/// back.
[[nodiscard]] Result<access::ServiceToken> decodeServiceToken(const Json& json);

struct IssuedServiceToken {
    access::ServiceToken token;
    SecretBytes secret;
};
/// Wipes the secret's text inside `json`.
[[nodiscard]] Result<IssuedServiceToken> decodeIssued(Json&& json);

struct TokenCreate {
    std::string name;
    access::Duration duration = access::Duration::oneYear();
    std::string extra;
    bool enabled = true;
};
struct TokenUpdate {
    std::optional<std::string> name;
    std::optional<access::Duration> duration;
    std::optional<bool> enabled;
    std::optional<int> clientSecretVersion;   ///< Above the current one it asks for a rotation.
    std::optional<std::string> extra;
    /// Until when the previous secret is accepted. Without one it changes nothing.
    std::optional<std::chrono::sys_seconds> previousClientSecretExpiresAt = std::nullopt;
};
// Bodies of POST and PUT. The errors' messages are the API's (`access.api.error.invalid_request: …` is added by failureFor).
[[nodiscard]] Result<TokenCreate> decodeTokenCreate(std::string_view body);
[[nodiscard]] Result<TokenUpdate> decodeTokenUpdate(std::string_view body);
/// Of POST …/rotate: until when the old secret is accepted; an empty body (nullopt): no longer.
[[nodiscard]] Result<std::optional<std::chrono::sys_seconds>> decodeTokenRotate(std::string_view body);
[[nodiscard]] std::string encodeTokenRotate(std::optional<std::chrono::sys_seconds> previousEnd);
[[nodiscard]] std::string encodeTokenCreate(const TokenCreate& create);
[[nodiscard]] std::string encodeTokenUpdate(const TokenUpdate& update);

/// 1 to 255 code points, not only white space, no control characters (nor line or paragraph separators).
[[nodiscard]] Result<void> checkTokenName(std::string_view name);

} // namespace latchkey::wire
