// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Application.h"
#include "agent/base/Json.h"

namespace latchkey::wire {

// Applications, policies and rules as the API writes them; our own members stand in `latchkey` {upstream, port}.
// Source: access-facts, "Applications, policies"; design, "Extension of Cloudflare's objects".

[[nodiscard]] Json encode(const access::Application& application);
/// The object of a POST or PUT body; ids, aud and times may be missing. Unknown members, also those inside `latchkey`, go to
/// `extra`, and encode() writes them back. Errors: invalidArgument, and unsupported for what is not emulated (another type
/// than self_hosted). Policies without a precedence get the next one in order. A policy may be only an id, or an object with
/// one and no decision: it is then `reusable`, and without content.
[[nodiscard]] Result<access::Application> decodeApplication(const Json& json);
[[nodiscard]] Result<access::Application> decodeApplicationBody(std::string_view body);
/// As decodeApplication(), of a server's reply: a rule or a session's length that we would refuse in a body is kept as it is
/// (an UnknownRule; `session_duration` in `extra`) and goes back unchanged, so that one odd value does not hide a list.
[[nodiscard]] Result<access::Application> decodeApplicationReply(const Json& json);

/// The body of a POST or PUT: without the members that the server makes (id, audience, times), and without `latchkey` when
/// it would say nothing, as Cloudflare does not know it. Policies that have an id keep it, so that a PUT does not make them
/// anew.
[[nodiscard]] std::string encodeBody(const access::Application& application);

[[nodiscard]] Json encode(const access::Policy& policy);
[[nodiscard]] Result<access::Policy> decodePolicy(const Json& json);   ///< With its content.

/// A policy that lives by itself, and the number of applications that list it.
[[nodiscard]] Json encodeReusable(const access::Policy& policy, int applications);
/// The object of a POST or PUT body: name, decision and include must be there.
[[nodiscard]] Result<access::Policy> decodeReusable(const Json& json);

[[nodiscard]] Json encodeRules(const std::vector<access::Rule>& rules);
/// The array that is this member of a policy or group; missing or null: no rules.
[[nodiscard]] Result<std::vector<access::Rule>> decodeRules(const Json& object, std::string_view name);

} // namespace latchkey::wire
