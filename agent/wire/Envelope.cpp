// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Envelope.h"

#include <algorithm>

namespace latchkey::wire {

namespace {

Json encode(const std::vector<ApiMessage>& messages)
{
    Json array = Json::array();
    for (const ApiMessage& message : messages)
        array.push(Json::object().set("code", message.code).set("message", message.message));
    return array;
}

Json encode(const PageInfo& info)
{
    return Json::object()
        .set("page", info.page)
        .set("per_page", info.perPage)
        .set("count", info.count)
        .set("total_count", info.totalCount)
        .set("total_pages", info.totalPages);
}

int integer(const Json& json, std::string_view name, int fallback)
{
    const Json* member = json.find(name);
    const auto value = member != nullptr ? member->asInteger() : std::nullopt;
    return value && *value >= 0 && *value <= 2'000'000'000 ? static_cast<int>(*value) : fallback;
}

std::vector<ApiMessage> decodeMessages(const Json* json)
{
    std::vector<ApiMessage> messages;
    const JsonArray* array = json != nullptr ? json->asArray() : nullptr;
    if (array == nullptr)
        return messages;
    for (const Json& item : *array) {
        const Json* text = item.find("message");
        messages.push_back({integer(item, "code", 0), text != nullptr && text->asString() != nullptr ? *text->asString() : std::string()});
    }
    return messages;
}

/// What Cloudflare's own messages say between the prefix and the reason.
constexpr std::string_view invalidRequest = "access.api.error.invalid_request: ";
constexpr std::string_view notFound = "access.api.error.not_found: ";
constexpr std::string_view conflict = "access.api.error.conflict: ";

/// The part of a message that is for a person: `access.api.error.invalid_request: name is required` → the words after the
/// code, or nothing where the code stands alone.
std::string wordsOf(const std::string& message)
{
    static constexpr std::string_view prefix = "access.api.error.";
    if (!message.starts_with(prefix))
        return message;
    const auto end = message.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.", prefix.size());
    if (end == std::string::npos)
        return {};
    const auto words = message.find_first_not_of(": ", end);
    return words != std::string::npos ? message.substr(words) : std::string();
}

/// Cloudflare's codes for an API token that is malformed, unknown or without the right.
/// Source: access-facts, "Management API"; 6003 and 6111 are its general ones for a malformed Authorization header.
bool isAboutTheApiToken(int code)
{
    return code == 10000 || code == 6003 || code == 6111;
}

ErrorCode codeFor(int httpStatus)
{
    switch (httpStatus) {
    case 400:
    case 422: return ErrorCode::invalidArgument;
    case 401: return ErrorCode::unauthenticated;
    case 403: return ErrorCode::forbidden;
    case 404: return ErrorCode::notFound;
    case 409: return ErrorCode::conflict;
    case 429: return ErrorCode::rateLimited;
    case 504: return ErrorCode::timedOut;
    default: return ErrorCode::protocol;
    }
}

} // namespace

PageInfo PageInfo::of(int page, int perPage, int count, int totalCount)
{
    const int pages = perPage > 0 ? totalCount / perPage + (totalCount % perPage != 0 ? 1 : 0) : 0;
    return {page, perPage, count, totalCount, pages};
}

std::string encodeSuccess(Json result, std::optional<PageInfo> pageInfo, std::vector<ApiMessage> messages)
{
    Json envelope = Json::object();
    envelope.set("success", true).set("errors", Json::array()).set("messages", encode(messages)).set("result", std::move(result));
    if (pageInfo)
        envelope.set("result_info", encode(*pageInfo));
    return envelope.dump();
}

ApiFailure failureFor(const Error& error)
{
    switch (error.code) {
    case ErrorCode::unauthenticated: return {403, {10000, "Authentication error"}};
    case ErrorCode::forbidden: return {403, {9109, error.message}};
    case ErrorCode::invalidArgument:
    case ErrorCode::unsupported: return {400, {12130, std::string(invalidRequest) + error.message}};
    case ErrorCode::portTaken: return {409, {12130, std::string(invalidRequest) + error.message}};
    case ErrorCode::notFound: return {404, {11021, std::string(notFound) + error.message}};
    case ErrorCode::conflict: return {409, {12132, std::string(conflict) + error.message}};
    case ErrorCode::rateLimited: return {429, {971, "Please wait and consider throttling your request speed"}};
    case ErrorCode::cancelled: return {503, {10001, "The agent is stopping."}};
    default: return {500, {10001, error.message}};
    }
}

std::string encodeFailure(const ApiFailure& failure)
{
    Json envelope = Json::object();
    envelope.set("success", false)
        .set("errors", encode(std::vector{failure.error}))
        .set("messages", Json::array())
        .set("result", Json());
    return envelope.dump();
}

Result<Envelope> decodeEnvelope(std::string_view body)
{
    auto json = parseJson(body, {.bytes = 64U << 20U});
    if (!json)
        return std::unexpected(json.error());
    const Json* success = json->find("success");
    if (success == nullptr || !success->asBool())
        return fail(ErrorCode::protocol, "The answer is not an envelope of this API.");
    Envelope envelope;
    envelope.success = *success->asBool();
    envelope.errors = decodeMessages(json->find("errors"));
    envelope.messages = decodeMessages(json->find("messages"));
    if (const Json* info = json->find("result_info"); info != nullptr && info->isObject()) {
        // Some of Cloudflare's lists leave total_pages out: it follows from the others.
        PageInfo page = PageInfo::of(integer(*info, "page", 1), integer(*info, "per_page", 0), integer(*info, "count", 0),
                                     integer(*info, "total_count", 0));
        page.totalPages = integer(*info, "total_pages", page.totalPages);
        envelope.pageInfo = page;
    }
    // Moved, not copied: it may be a long list, or hold a secret that only one place should have.
    for (auto& [name, value] : *json->asObject()) {
        if (name == "result")
            envelope.result = std::move(value);
    }
    return envelope;
}

Error errorFrom(int httpStatus, const Envelope& envelope)
{
    const ApiMessage first = envelope.errors.empty() ? ApiMessage{0, {}} : envelope.errors.front();
    const std::string text = wordsOf(first.message);
    const std::string detail = "HTTP " + std::to_string(httpStatus) + ", code " + std::to_string(first.code);
    if (isAboutTheApiToken(first.code) || httpStatus == 401)
        return {ErrorCode::unauthenticated,
                "The API token was not accepted. Check that it is right, still valid, and has the right to do this.", detail};
    if (httpStatus == 403)
        return {ErrorCode::forbidden, "The API token lacks the right to do this" + (text.empty() ? "." : ": " + text), detail};
    if (httpStatus == 429)
        return {ErrorCode::rateLimited, "The server asks for a pause: too many requests. Try again in a few minutes.", detail};
    if (httpStatus == 404)
        return {ErrorCode::notFound, text.empty() ? "It is not there any more." : text, detail};
    return {codeFor(httpStatus), text.empty() ? "The server answered with an error (HTTP " + std::to_string(httpStatus) + ")." : text, detail};
}

} // namespace latchkey::wire
