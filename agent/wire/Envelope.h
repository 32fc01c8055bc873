// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/base/Json.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::wire {

// The envelope of every reply of Cloudflare's API. Source: access-facts, "Management API".

struct ApiMessage {
    int code = 0;
    std::string message;
    bool operator==(const ApiMessage&) const = default;
};

struct PageInfo {
    int page = 1;
    int perPage = 100;
    int count = 0;        ///< Items on this page.
    int totalCount = 0;
    int totalPages = 0;
    bool operator==(const PageInfo&) const = default;

    [[nodiscard]] static PageInfo of(int page, int perPage, int count, int totalCount);
};

struct Envelope {
    bool success = false;
    std::vector<ApiMessage> errors;
    std::vector<ApiMessage> messages;
    Json result;
    std::optional<PageInfo> pageInfo;
};

[[nodiscard]] std::string encodeSuccess(Json result, std::optional<PageInfo> pageInfo = {}, std::vector<ApiMessage> messages = {});

/// A refusal: HTTP status and the one error in the envelope.
struct ApiFailure {
    int status = 400;
    ApiMessage error;
};
[[nodiscard]] ApiFailure failureFor(const Error& error);
[[nodiscard]] std::string encodeFailure(const ApiFailure& failure);

/// Tolerant of missing members but `success`; the error does not quote the body.
[[nodiscard]] Result<Envelope> decodeEnvelope(std::string_view body);

/// What a client makes of a refusal: a code to act on and a sentence for a person.
[[nodiscard]] Error errorFrom(int httpStatus, const Envelope& envelope);

} // namespace latchkey::wire
