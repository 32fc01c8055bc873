// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Credentials.h"
#include "Events.h"
#include "PendingText.h"

#include "agent/base/Sha256.h"
#include "agent/http/BodyTracker.h"
#include "agent/http/ByteBuffer.h"
#include "agent/http/RequestHead.h"
#include "agent/http/ResponseHead.h"
#include "agent/http/UpstreamPool.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace latchkey::edge {

struct AssertionContext;

/// One request and its answer: the buffers and all that is remembered. An idle connection has none; workers keep a few for
/// reuse, so that a request allocates nothing. Holds no reference into a snapshot: what is needed later is copied.
struct Exchange {
    static constexpr std::size_t smallBuffer = 16U * 1024U; ///< Holds nearly every head, and a small body behind it.
    static constexpr std::size_t largeBuffer = 64U * 1024U; ///< For bodies that are larger than that.

    enum class Phase : std::uint8_t {
        decide,  ///< May it pass? Also waits for the JWT's signature.
        connect, ///< A connection to the upstream.
        relay,   ///< Both messages on their way.
        tunnel,  ///< Upgraded: bytes in both directions.
        answer,  ///< The edge's own answer.
        drain,   ///< What is left of the request's body, after that answer.
        done,
    };

    Exchange() : in(smallBuffer), back(smallBuffer) { }

    void reset()
    {
        head.reset();
        requestBody.reset();
        answerBody.reset();
        phase = Phase::decide;
        targetIsSplit = hashed = waitedForAssertion = headConsumed = false;
        upgrade = answerBegun = keepAlive = decodesChunks = isHead = false;
        requestSent = requestBroken = answerHeadDone = hasToken = cut = retried = false;
        clientEnd = upstreamEnd = html = unlogged = delaying = delayed = hasSession = secretInBuffer = false;
        drained = 0;
        bodyReady = backReady = outSent = extraSent = 0;
        interims = 0;
        generation = 0;
        origin = nullptr;
        status = 0;
        answerLines.clear();
        pending.reset();
        pendingFor.reset();
    }

    Phase phase = Phase::decide;

    // The request.
    http::ByteBuffer in;           ///< From the client: the head, then what follows it.
    http::RequestHead head;        ///< Its views are good until headConsumed.
    std::string_view path;         ///< In the head, in normal form.
    bool targetIsSplit = false;
    bool headConsumed = false;
    bool isHead = false;           ///< HEAD
    bool upgrade = false;          ///< An upgrade that is forwarded.
    Credentials credentials;
    base::Digest digest{};         ///< Of the secret.
    bool hashed = false;
    http::BodyTracker requestBody;
    std::size_t bodyReady = 0;     ///< Bytes at the front of `in` that were looked at and are to be sent.
    std::string out;               ///< The head for the upstream, or the edge's own answer.
    std::size_t outSent = 0;
    bool requestSent = false;
    bool requestBroken = false;    ///< The upstream takes no more of it.
    bool retried = false;

    // The decision.
    std::uint64_t generation = 0;  ///< Of the snapshot it was made with.
    bool waitedForAssertion = false;
    bool delaying = false;         ///< Held back on purpose, and
    bool delayed = false;          ///< that is over.
    bool hasToken = false;
    std::array<std::uint8_t, 16> tokenId{};
    bool hasSession = false;       ///< A session let it in,
    base::Digest session{};        ///< whose JWT has this digest.
    http::Origin* origin = nullptr;
    std::string answerLines;         ///< Whole lines that the answer gets.
    std::shared_ptr<PendingText> pending; ///< What is being made for this request alone.
    std::shared_ptr<const AssertionContext> pendingFor; ///< Of a JWT: what it says beside whom it is for.

    // The answer.
    http::ByteBuffer back;         ///< From the upstream.
    http::ResponseHead answer;
    http::BodyTracker answerBody;
    std::size_t backReady = 0;     ///< Bytes at the front of `back` that are to be sent.
    std::string extra;             ///< Sent before them: interim answers, chunks taken out of their coding.
    std::size_t extraSent = 0;
    int interims = 0;
    bool answerHeadDone = false;
    bool answerBegun = false;      ///< The client got bytes of the final answer.
    bool decodesChunks = false;
    bool keepAlive = false;        ///< Towards the client, after this answer.
    bool clientEnd = false;        ///< Tunnel: that side has ended and was told on.
    bool upstreamEnd = false;
    int status = 0;
    bool html = false;             ///< What the edge says itself had better be a page.
    std::size_t drained = 0;       ///< Bytes of the request's body that were thrown away.

    bool cut = false;              ///< Who let it in lost access while it was under way.
    bool secretInBuffer = false;   ///< `in` holds what looks like a token's secret.
    bool needsWiping = false;      ///< Some request since the buffer was wiped left one there.

    std::array<char, 16> ray{};
    std::chrono::steady_clock::time_point startedAt;
    bool unlogged = false;         ///< No event: no application was asked for.
    RequestEvent event;            ///< Its strings keep their memory from request to request.

    [[nodiscard]] std::string_view rayId() const { return {ray.data(), ray.size()}; }

    /// Takes the head off `in`: from now on it holds the body.
    void consumeHead()
    {
        if (headConsumed)
            return;
        headConsumed = true;
        in.consume(head.length());
    }
};

} // namespace latchkey::edge
