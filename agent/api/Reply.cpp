// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Reply.h"

#include "agent/base/Encoding.h"
#include "agent/base/Sha256.h"

#include <algorithm>

namespace latchkey::api {

Reply success(Json result, int status, std::vector<wire::ApiMessage> messages)
{
    return {.status = status, .body = wire::encodeSuccess(std::move(result), std::nullopt, std::move(messages)), .allow = {}};
}

namespace {

/// The revision of a page. When somebody was last seen is no change of it, so the tag is a weak one (RFC 9110 §8.8.1).
std::string tagOf(const Json& items, const wire::PageInfo& info)
{
    std::string text;
    for (const int number : {info.page, info.perPage, info.totalCount})
        text.append(std::to_string(number)).append(" ");
    for (auto item : *items.asArray()) {
        item.remove("last_seen_at");
        text.append(item.dump()).append(" ");
    }
    return std::string("W/\"").append(base::toHex(base::asText(base::sha256(text))).substr(0, 32)).append("\"");
}

std::string_view opaquePart(std::string_view tag)
{
    while (!tag.empty() && tag.front() == ' ')
        tag.remove_prefix(1);
    while (!tag.empty() && tag.back() == ' ')
        tag.remove_suffix(1);
    return tag.starts_with("W/") ? tag.substr(2) : tag;
}

} // namespace

Reply successPage(Json items, int page, int perPage, int totalCount)
{
    const auto info = wire::PageInfo::of(page, perPage, static_cast<int>(items.asArray()->size()), totalCount);
    auto tag = tagOf(items, info);
    Reply reply{.status = 200, .body = wire::encodeSuccess(std::move(items), info), .allow = {}};
    reply.etag = std::move(tag);
    return reply;
}

Reply unlessKnown(Reply reply, std::string_view ifNoneMatch)
{
    if (reply.etag.empty() || ifNoneMatch.empty())
        return reply;
    // Our tags hold no comma.
    for (auto rest = ifNoneMatch; !rest.empty();) {
        const auto end = std::min(rest.find(','), rest.size());
        const auto tag = opaquePart(rest.substr(0, end));
        if (tag == "*" || tag == opaquePart(reply.etag)) {
            Reply known{.status = 304, .body = {}, .allow = {}};
            known.etag = std::move(reply.etag);
            return known;
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return reply;
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
