// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Guard.h"
#include "Reply.h"
#include "Router.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace latchkey::api {

/// A request as the listener read it. Views live as long as the call that gets them.
struct ApiRequest {
    std::string_view method;
    std::string_view host;
    std::string_view path;            ///< As it was sent, without query.
    std::string_view query;
    std::string_view authorization;   ///< Empty when missing or sent twice.
    std::string_view origin;
    std::string_view contentType;
    std::string_view body;
};

/// What never changes while the agent runs, told to anybody who asks for its health.
struct Identity {
    std::string agentId;
    std::string version;
    std::string accountId;
};

/// A request that may go to the control thread.
struct Admitted {
    const Route* route = nullptr;
    std::vector<std::string> ids;
    http::QueryItems query;
};

/// Decides what the listener's own thread can decide: who asks, by which name, for what. Immutable, so thread-safe.
class Gate {
public:
    Gate(Guard guard, Identity identity);

    /// A reply, or what has to be asked of the control plane.
    [[nodiscard]] std::variant<Reply, Admitted> admit(const ApiRequest& request) const;
    /// How large a request's body may be, before it is read; a stranger cannot have much of the memory.
    [[nodiscard]] std::size_t largestBody(std::string_view method, std::string_view path, std::string_view authorization) const;

private:
    [[nodiscard]] Reply health(const ApiRequest& request) const;

    Guard m_guard;
    Identity m_identity;
};

} // namespace latchkey::api
