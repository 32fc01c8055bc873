// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/base/Log.h"
#include "agent/control/Commands.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

class QObject;

namespace latchkey::api {

struct ApiOptions {
    std::string host = "127.0.0.1";         ///< The listener's address.
    std::uint16_t port = 8401;              ///< 0 picks a free one.
    /// Names beside localhost and the loopback literals that a Host header may carry (`--api-host`). Without port.
    std::vector<std::string> hostNames;
};

/// The management API: Cloudflare's under /client/v4, the agent's own under /latchkey/v1. Requests are looked at on the
/// listener's own thread (who asks, by which name, for what), then asked of `commands` on the control thread.
class Api {
public:
    /// Called on the control thread, with commands.status() and commands.apiToken() as they stay; `commands` and `log`
    /// outlive this object. Errors: portTaken names the address; invalidArgument.
    [[nodiscard]] static Result<std::unique_ptr<Api>> start(ApiOptions options, control::Commands& commands, Log& log);
    virtual ~Api() = default;   ///< Stops without grace if stop() was not called.

    [[nodiscard]] virtual std::uint16_t port() const = 0;
    /// `http://127.0.0.1:8401/client/v4`, for clients.
    [[nodiscard]] virtual std::string baseUrl() const = 0;

    /// Stops listening and lets replies under way finish for at most `grace`. Called on the control thread, before
    /// Control is stopped.
    virtual void stop(std::chrono::milliseconds grace) = 0;
};

} // namespace latchkey::api
