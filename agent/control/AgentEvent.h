// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/store/Store.h"

#include <functional>
#include <string>

namespace latchkey::control {

/// Something that has happened, told once it is durable and in force. Never holds a secret.
struct AgentEvent {
    enum class Kind { token, application, policy, group, organization, configuration, keys, fault, request };

    Kind kind = Kind::token;
    std::string action;                        ///< `created`, `updated`, `deleted`, `rotated` …
    std::string id;                            ///< Of the thing; empty where there is only one.
    std::string name;
    const store::LogRow* request = nullptr;    ///< Of a request; lives as long as the call that tells it.
};

using EventListener = std::function<void(const AgentEvent&)>;

} // namespace latchkey::control
