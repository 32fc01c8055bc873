// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Reply.h"

namespace latchkey::api {

Reply success(Json result, int status, std::vector<wire::ApiMessage> messages)
{
    return {.status = status, .body = wire::encodeSuccess(std::move(result), std::nullopt, std::move(messages)), .allow = {}};
}

Reply successPage(Json items, int page, int perPage, int totalCount)
{
    const auto count = static_cast<int>(items.asArray()->size());
    return {.status = 200,
            .body = wire::encodeSuccess(std::move(items), wire::PageInfo::of(page, perPage, count, totalCount)),
            .allow = {}};
}

Reply failure(const Error& error)
{
    const auto refusal = wire::failureFor(error);
    return {.status = refusal.status, .body = wire::encodeFailure(refusal), .allow = {}};
}

Reply failure(int status, int code, std::string message)
{
    return {.status = status, .body = wire::encodeFailure({status, {code, std::move(message)}}), .allow = {}};
}

} // namespace latchkey::api
