// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/http/Limits.h"

#include <chrono>

namespace latchkey::edge {

/// How long the edge waits for what. The values are the product's; only tests choose others.
struct Timings {
    std::chrono::milliseconds head = http::limits::headTimeout;
    std::chrono::milliseconds idle = http::limits::idleTimeout;
    std::chrono::milliseconds stall = http::limits::stallTimeout;
    std::chrono::milliseconds connect = http::limits::connectTimeout;
    std::chrono::milliseconds firstByte = http::limits::firstByteTimeout;
    std::chrono::milliseconds upstreamIdle = http::limits::upstreamIdleTimeout;
    /// Waiting for a JWT's signature: only a machine far beyond its means takes that long.
    std::chrono::milliseconds signature{10'000};
    /// A client that ended its side before it was answered may have only half-closed, or be gone. Nothing tells which until
    /// something is sent, so the upstream gets this long to begin its answer before it is called off.
    std::chrono::milliseconds halfClosed{2'000};
    /// A connection that ends while the client still sends is read on for so long, or the client would lose the answer to
    /// the reset that unread bytes provoke (RFC 9112 §9.6).
    std::chrono::milliseconds lingering{2'000};
    /// Requests under way when their token loses access may end within it; then they are cut. Below the second promised.
    std::chrono::milliseconds cutOff{500};
    /// Events are handed over at this pace.
    std::chrono::milliseconds events{1'000};
    /// No accepting for so long when the process has no file descriptor left.
    std::chrono::milliseconds acceptPause{250};
};

} // namespace latchkey::edge
