// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/http/Server.h"

#include <memory>
#include <mutex>
#include <optional>

namespace latchkey::cli {

/// A small service on a free port of this machine, for the tour: answers with a greeting and remembers the last request
/// it got, so that the tour can show what a service behind Access receives.
class DemoUpstream {
public:
    [[nodiscard]] static Result<std::unique_ptr<DemoUpstream>> start();
    ~DemoUpstream();

    [[nodiscard]] std::string url() const;
    /// The last request since the last call of this function. Thread-safe.
    [[nodiscard]] std::optional<http::ServerRequest> takeLast();

private:
    DemoUpstream() = default;

    std::mutex m_mutex;
    std::optional<http::ServerRequest> m_last;
    std::unique_ptr<http::Server> m_server;
};

} // namespace latchkey::cli
