// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "GroupCodec.h"

#include "ApplicationCodec.h"
#include "Members.h"

#include "agent/base/Rfc3339.h"

#include <array>

namespace latchkey::wire {

namespace {

using namespace std::string_view_literals;

constexpr std::array knownMembers{"id"sv, "name"sv, "include"sv, "require"sv, "exclude"sv, "created_at"sv, "updated_at"sv};

} // namespace

Json encode(const access::Group& group)
{
    Json json = Json::object();
    json.set("id", group.id.value)
        .set("name", group.name)
        .set("include", encodeRules(group.include))
        .set("require", encodeRules(group.require))
        .set("exclude", encodeRules(group.exclude))
        .set("created_at", base::formatRfc3339(group.createdAt))
        .set("updated_at", base::formatRfc3339(group.updatedAt));
    addExtra(json, group.extra);
    return json;
}

Result<access::Group> decodeGroup(const Json& json)
{
    if (!json.isObject())
        return fail(ErrorCode::invalidArgument, "a group must be an object");
    const auto id = textMember(json, "id");
    const auto name = textMember(json, "name");
    const auto created = timeMember(json, "created_at");
    const auto updated = timeMember(json, "updated_at");
    auto include = decodeRules(json, "include");
    auto require = decodeRules(json, "require");
    auto exclude = decodeRules(json, "exclude");
    if (const auto read = firstError(id, name, created, updated, include, require, exclude); !read)
        return std::unexpected(read.error());
    if (!*name)
        return fail(ErrorCode::invalidArgument, "name is missing");
    if (const Json* member = json.find("include"); member == nullptr || member->isNull())
        return fail(ErrorCode::invalidArgument, "include is missing");
    access::Group group;
    group.id = {id->value_or("")};
    group.name = **name;
    group.include = std::move(*include);
    group.require = std::move(*require);
    group.exclude = std::move(*exclude);
    group.createdAt = created->value_or(std::chrono::sys_seconds{});
    group.updatedAt = updated->value_or(group.createdAt);
    group.extra = unknownMembers(json, knownMembers);
    return group;
}

Result<access::Group> decodeGroupBody(std::string_view body)
{
    const auto json = parseJson(body);
    if (!json)
        return std::unexpected(json.error());
    return decodeGroup(*json);
}

} // namespace latchkey::wire
