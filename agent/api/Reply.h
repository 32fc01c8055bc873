// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/base/Json.h"
#include "agent/http/BodyStream.h"
#include "agent/wire/Envelope.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace latchkey::api {

/// What the API answers: a status and an envelope.
struct Reply {
    int status = 200;
    std::string body;
    std::string allow;          ///< For 405: the methods that there are.
    bool holdsSecret = false;   ///< The listener wipes the body once it is sent.
    std::string etag = {};      ///< Of what a client may hold already; see unlessKnown().
    std::optional<std::chrono::seconds> retryAfter = std::nullopt;
    std::string contentType = "application/json";
    std::shared_ptr<http::BodyStream> stream = nullptr;   ///< The rest of a body that goes on.
};

/// Takes the reply of one request, once, on the control thread.
using ReplyHandler = std::move_only_function<void(Reply)>;

[[nodiscard]] Reply success(Json result, int status = 200, std::vector<wire::ApiMessage> messages = {});
/// A page of a list.
[[nodiscard]] Reply successPage(Json items, int page, int perPage, int totalCount);
/// 304 in the place of a success whose tag the client named (RFC 9110 §13.1.2, weak comparison); else the reply unchanged.
[[nodiscard]] Reply unlessKnown(Reply reply, std::string_view ifNoneMatch);
[[nodiscard]] Reply failure(const Error& error);
[[nodiscard]] Reply failure(int status, int code, std::string message);

} // namespace latchkey::api
