// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/ServiceToken.h"
#include "agent/base/Error.h"

#include <QString>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace latchkey::app {

/// One profile whose tokens are watched: the agent's or an account's, with a client that has its API token already. There
/// is none for a profile whose keychain is locked, so that watching never asks for a password.
class WatchedSource {
public:
    virtual ~WatchedSource() = default;

    [[nodiscard]] virtual std::string profileId() const = 0;
    [[nodiscard]] virtual QString name() const = 0;
    /// Between two looks, when all goes well.
    [[nodiscard]] virtual std::chrono::seconds interval() const = 0;

    /// nullopt: nothing changed since the list that was handed out last.
    using ListHandler = std::move_only_function<void(Result<std::optional<std::vector<access::ServiceToken>>>)>;
    using TokenHandler = std::move_only_function<void(Result<access::ServiceToken>)>;
    // Each answers once, never from inside the call, and not after the source is gone.
    virtual void look(ListHandler handler) = 0;
    virtual void refresh(const access::TokenId& id, TokenHandler handler) = 0;
};

} // namespace latchkey::app
