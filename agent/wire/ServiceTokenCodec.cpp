// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ServiceTokenCodec.h"

#include "Members.h"

#include "agent/base/Encoding.h"
#include "agent/base/Rfc3339.h"

#include <algorithm>
#include <array>

namespace latchkey::wire {

namespace {

using namespace std::string_view_literals;

/// Everything we know, also what replies carry and bodies must not change: it never travels as `extra`.
constexpr std::array knownTokenMembers{"id"sv, "client_id"sv, "client_secret"sv, "name"sv, "duration"sv, "enabled"sv,
                                  "client_secret_version"sv, "previous_client_secret_expires_at"sv, "created_at"sv,
                                  "updated_at"sv, "expires_at"sv, "last_seen_at"sv};

Json time(const std::optional<std::chrono::sys_seconds>& value)
{
    return value ? Json(base::formatRfc3339(*value)) : Json();
}

constexpr std::int64_t largestVersion = 1'000'000'000;

/// Control characters (Unicode category Cc) and the separators of lines and paragraphs: they would break lists and logs.
bool isControl(char32_t point)
{
    return point < 0x20 || (point >= 0x7F && point <= 0x9F) || point == 0x2028 || point == 0x2029;
}

/// White space as Unicode has it (property White_Space), and what merely looks so: zero-width characters.
bool isBlank(char32_t point)
{
    return (point >= 0x09 && point <= 0x0D) || point == 0x20 || point == 0x85 || point == 0xA0 || point == 0x1680
           || (point >= 0x2000 && point <= 0x200D) || point == 0x2028 || point == 0x2029 || point == 0x202F || point == 0x205F
           || point == 0x2060 || point == 0x3000 || point == 0xFEFF;
}

/// The code points of well-formed UTF-8.
std::u32string codePoints(std::string_view text)
{
    std::u32string points;
    points.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const auto first = static_cast<unsigned char>(text[i]);
        const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        char32_t point = length == 1 ? first : first & (0xFFU >> (length + 1));
        for (std::size_t next = 1; next < length; ++next)
            point = point << 6U | (static_cast<unsigned char>(text[i + next]) & 0x3FU);
        points += point;
        i += length;
    }
    return points;
}

Result<Json> bodyObject(std::string_view body)
{
    auto json = parseJson(body);
    if (!json)
        return std::unexpected(json.error());
    if (!json->isObject())
        return fail(ErrorCode::invalidArgument, "the body must be a JSON object");
    return json;
}

} // namespace

Json encode(const access::ServiceToken& token)
{
    Json json = Json::object();
    json.set("id", token.id.value)
        .set("client_id", token.clientId.value)
        .set("name", token.name)
        .set("duration", token.duration.text())
        .set("enabled", token.enabled)
        .set("client_secret_version", token.clientSecretVersion);
    // Older replies lack them, and 1970 would be an invention.
    if (token.createdAt != std::chrono::sys_seconds{})
        json.set("created_at", base::formatRfc3339(token.createdAt));
    if (token.updatedAt != std::chrono::sys_seconds{})
        json.set("updated_at", base::formatRfc3339(token.updatedAt));
    if (token.previousClientSecretExpiresAt)
        json.set("previous_client_secret_expires_at", time(token.previousClientSecretExpiresAt));
    // A token that never ends has no expires_at; one that was never used no last_seen_at.
    if (token.expiresAt)
        json.set("expires_at", time(token.expiresAt));
    if (token.lastSeenAt)
        json.set("last_seen_at", time(token.lastSeenAt));
    addExtra(json, token.extra);
    return json;
}

Json encodeIssued(const access::ServiceToken& token, std::string_view secret)
{
    Json json = encode(token);
    json.set("client_secret", secret);
    return json;
}

Result<access::ServiceToken> decodeServiceToken(const Json& json)
{
    if (!json.isObject())
        return fail(ErrorCode::protocol, "a service token must be an object");
    const auto id = textMember(json, "id");
    const auto clientId = textMember(json, "client_id");
    const auto name = textMember(json, "name");
    const auto duration = textMember(json, "duration");
    const auto enabled = boolMember(json, "enabled");
    const auto version = integerMember(json, "client_secret_version");
    const auto previousEnd = timeMember(json, "previous_client_secret_expires_at");
    const auto created = timeMember(json, "created_at");
    const auto updated = timeMember(json, "updated_at");
    const auto expires = timeMember(json, "expires_at");
    const auto seen = timeMember(json, "last_seen_at");
    if (const auto read = firstError(id, clientId, name, duration, enabled, version, previousEnd, created, updated, expires, seen); !read)
        return fail(ErrorCode::protocol, read.error().message);
    if (!*id || !*clientId)
        return fail(ErrorCode::protocol, "a service token must have an id and a client_id");
    if (const auto number = version->value_or(1); number < 0 || number > largestVersion)
        return fail(ErrorCode::protocol, "client_secret_version is out of range");

    access::ServiceToken token;
    token.id = {**id};
    token.clientId = {**clientId};
    token.name = name->value_or("");
    token.expiresAt = *expires;
    // Older tokens come without a duration; without an end it can only be forever.
    token.duration = access::Duration::parse(duration->value_or(""))
                         .value_or(token.expiresAt ? access::Duration::oneYear() : access::Duration::forever());
    token.enabled = enabled->value_or(true);
    token.clientSecretVersion = static_cast<int>(version->value_or(1));
    token.previousClientSecretExpiresAt = *previousEnd;
    token.createdAt = created->value_or(std::chrono::sys_seconds{});
    token.updatedAt = updated->value_or(token.createdAt);
    token.lastSeenAt = *seen;
    token.extra = unknownMembers(json, knownTokenMembers);
    return token;
}

Result<IssuedServiceToken> decodeIssued(Json&& json)
{
    IssuedServiceToken issued;
    JsonObject* members = json.asObject();
    if (members == nullptr)
        return fail(ErrorCode::protocol, "a service token must be an object");
    for (auto& [name, value] : *members) {
        if (std::string* text = value.asString(); text != nullptr && name == "client_secret") {
            issued.secret = SecretBytes(*text);
            base::wipe(*text);
        }
    }
    json.remove("client_secret");
    if (issued.secret.isEmpty())
        return fail(ErrorCode::protocol, "the reply lacks the client_secret");
    auto token = decodeServiceToken(json);
    if (!token)
        return std::unexpected(token.error());
    issued.token = std::move(*token);
    return issued;
}

Result<void> checkTokenName(std::string_view name)
{
    if (!base::isUtf8(name))
        return fail(ErrorCode::invalidArgument, "name must be UTF-8");
    const std::u32string points = codePoints(name);
    if (std::ranges::all_of(points, isBlank))
        return fail(ErrorCode::invalidArgument, "name must not be empty");
    if (points.size() > 255)
        return fail(ErrorCode::invalidArgument, "name must have at most 255 characters");
    if (std::ranges::any_of(points, isControl))
        return fail(ErrorCode::invalidArgument, "name must not hold control characters");
    return {};
}

Result<TokenCreate> decodeTokenCreate(std::string_view body)
{
    const auto json = bodyObject(body);
    if (!json)
        return std::unexpected(json.error());
    const auto name = textMember(*json, "name");
    const auto duration = durationMember(*json, "duration");
    const auto enabled = boolMember(*json, "enabled");
    const auto version = integerMember(*json, "client_secret_version");
    const auto previousEnd = timeMember(*json, "previous_client_secret_expires_at");   // a new token has no previous secret
    if (const auto read = firstError(name, duration, enabled, version, previousEnd); !read)
        return std::unexpected(read.error());
    if (version->value_or(1) != 1)
        return fail(ErrorCode::invalidArgument, "client_secret_version of a new service token must be 1");
    if (!*name)
        return fail(ErrorCode::invalidArgument, "name is required");
    if (const auto checked = checkTokenName(**name); !checked)
        return std::unexpected(checked.error());
    TokenCreate create;
    create.name = **name;
    create.duration = duration->value_or(access::Duration::oneYear());
    create.extra = unknownMembers(*json, knownTokenMembers);
    create.enabled = enabled->value_or(true);
    return create;
}

Result<TokenUpdate> decodeTokenUpdate(std::string_view body)
{
    const auto json = bodyObject(body);
    if (!json)
        return std::unexpected(json.error());
    const auto name = textMember(*json, "name");
    const auto duration = durationMember(*json, "duration");
    const auto enabled = boolMember(*json, "enabled");
    const auto version = integerMember(*json, "client_secret_version");
    const auto previousEnd = timeMember(*json, "previous_client_secret_expires_at");
    if (const auto read = firstError(name, duration, enabled, version, previousEnd); !read)
        return std::unexpected(read.error());
    if (*name) {
        if (const auto checked = checkTokenName(**name); !checked)
            return std::unexpected(checked.error());
    }
    TokenUpdate update;
    update.name = *name;
    update.duration = *duration;
    update.enabled = *enabled;
    update.previousClientSecretExpiresAt = *previousEnd;
    if (*version) {
        if (**version < 1 || **version > largestVersion)
            return fail(ErrorCode::invalidArgument, "client_secret_version must be a whole number from 1");
        update.clientSecretVersion = static_cast<int>(**version);
    }
    if (std::string extra = unknownMembers(*json, knownTokenMembers); !extra.empty())
        update.extra = std::move(extra);
    return update;
}

Result<std::optional<std::chrono::sys_seconds>> decodeTokenRotate(std::string_view body)
{
    if (body.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return std::nullopt;
    const auto json = bodyObject(body);
    if (!json)
        return std::unexpected(json.error());
    return timeMember(*json, "previous_client_secret_expires_at");
}

std::string encodeTokenRotate(std::optional<std::chrono::sys_seconds> previousEnd)
{
    Json json = Json::object();
    if (previousEnd)
        json.set("previous_client_secret_expires_at", time(previousEnd));
    return json.dump();
}

std::string encodeTokenCreate(const TokenCreate& create)
{
    Json json = Json::object();
    json.set("name", create.name).set("duration", create.duration.text());
    if (!create.enabled)
        json.set("enabled", false);
    addExtra(json, create.extra);
    return json.dump();
}

std::string encodeTokenUpdate(const TokenUpdate& update)
{
    Json json = Json::object();
    if (update.name)
        json.set("name", *update.name);
    if (update.duration)
        json.set("duration", update.duration->text());
    if (update.enabled)
        json.set("enabled", *update.enabled);
    if (update.clientSecretVersion)
        json.set("client_secret_version", *update.clientSecretVersion);
    if (update.previousClientSecretExpiresAt)
        json.set("previous_client_secret_expires_at", time(update.previousClientSecretExpiresAt));
    addExtra(json, update.extra.value_or(""));
    return json.dump();
}

} // namespace latchkey::wire
