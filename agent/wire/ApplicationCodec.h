// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Application.h"
#include "agent/base/Json.h"

namespace latchkey::wire {

// Applications, policies and rules as the API writes them; our own members stand in `latchkey` {upstream, port}.
// Source: access-facts, "Applications, policies"; design, "Extension of Cloudflare's objects".

[[nodiscard]] Json encode(const access::Application& application);
/// A reply's object, or a POST/PUT body (ids, aud and times may then be missing). Unknown members go to `extra`.
[[nodiscard]] Result<access::Application> decodeApplication(const Json& json);
[[nodiscard]] Result<access::Application> decodeApplicationBody(std::string_view body);

/// The body of a POST or PUT: without the members that the server makes (ids, audience, times).
[[nodiscard]] std::string encodeBody(const access::Application& application);

[[nodiscard]] Json encode(const access::Policy& policy);
[[nodiscard]] Result<access::Policy> decodePolicy(const Json& json);
[[nodiscard]] Json encode(const access::Rule& rule);
[[nodiscard]] Result<access::Rule> decodeRule(const Json& json);

} // namespace latchkey::wire
