// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Members.h"

#include "agent/base/Rfc3339.h"

#include <algorithm>

namespace latchkey::wire {

namespace {

std::unexpected<Error> wrongKind(std::string_view name, const char* kind)
{
    return fail(ErrorCode::invalidArgument, std::string(name) + " must be " + kind);
}

const Json* present(const Json& object, std::string_view name)
{
    const Json* member = object.find(name);
    return member != nullptr && !member->isNull() ? member : nullptr;
}

} // namespace

Result<std::optional<std::string>> textMember(const Json& object, std::string_view name)
{
    const Json* member = present(object, name);
    if (member == nullptr)
        return std::nullopt;
    if (member->asString() == nullptr)
        return wrongKind(name, "a string");
    return *member->asString();
}

Result<std::optional<bool>> boolMember(const Json& object, std::string_view name)
{
    const Json* member = present(object, name);
    if (member == nullptr)
        return std::nullopt;
    if (!member->asBool())
        return wrongKind(name, "true or false");
    return *member->asBool();
}

Result<std::optional<std::int64_t>> integerMember(const Json& object, std::string_view name)
{
    const Json* member = present(object, name);
    if (member == nullptr)
        return std::nullopt;
    if (!member->asInteger())
        return wrongKind(name, "a whole number");
    return *member->asInteger();
}

Result<std::optional<std::chrono::sys_seconds>> timeMember(const Json& object, std::string_view name)
{
    const auto text = textMember(object, name);
    if (!text)
        return std::unexpected(text.error());
    if (!text->has_value() || (*text)->empty())
        return std::nullopt;
    const auto time = base::parseRfc3339(**text);
    if (!time)
        return wrongKind(name, "a date and time as RFC 3339 writes it");
    return *time;
}

Result<std::optional<access::Duration>> durationMember(const Json& object, std::string_view name)
{
    const auto text = textMember(object, name);
    if (!text)
        return std::unexpected(text.error());
    if (!text->has_value() || (*text)->empty())
        return std::nullopt;
    auto duration = access::Duration::parse(**text);
    if (!duration)
        return fail(ErrorCode::invalidArgument, std::string(name) + ": " + duration.error().message);
    return std::move(*duration);
}

std::string unknownMembers(const Json& object, std::span<const std::string_view> known)
{
    Json rest = Json::object();
    if (const JsonObject* members = object.asObject()) {
        for (const auto& [name, value] : *members) {
            if (std::ranges::find(known, name) == known.end())
                rest.set(name, value);
        }
    }
    return rest.asObject()->empty() ? std::string() : rest.dump();
}

bool hasMember(const std::string& extra, std::string_view name)
{
    const auto json = extra.empty() ? Result<Json>() : parseJson(extra);
    return json && json->find(name) != nullptr;
}

void addExtra(Json& object, const std::string& extra)
{
    if (extra.empty())
        return;
    const auto json = parseJson(extra);
    const JsonObject* members = json ? json->asObject() : nullptr;
    if (members == nullptr)
        return;
    for (const auto& [name, value] : *members) {
        if (object.find(name) == nullptr)
            object.set(name, value);
    }
}

} // namespace latchkey::wire
