// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Route.h"

#include "agent/wire/GroupCodec.h"
#include "agent/wire/ListQuery.h"

namespace latchkey::api {

namespace groupCalls {

control::Answer<access::Group> answerGroup(ReplyHandler reply, int status)
{
    return [reply = std::move(reply), status](Result<access::Group> group) mutable {
        reply(group ? success(wire::encode(*group), status) : failure(group.error()));
    };
}

void list(RouteCall call, ReplyHandler reply)
{
    auto query = wire::decodeListQuery(call.query);
    if (!query)
        return reply(failure(query.error()));
    call.commands.listGroups({.name = std::move(query->name), .search = std::move(query->search), .page = query->page, .perPage = query->perPage},
                             [reply = std::move(reply)](Result<store::Page<access::Group>> page) mutable {
                                 if (!page)
                                     return reply(failure(page.error()));
                                 Json items = Json::array();
                                 for (const auto& group : page->items)
                                     items.push(wire::encode(group));
                                 reply(successPage(std::move(items), page->page, page->perPage, page->totalCount));
                             });
}

void get(RouteCall call, ReplyHandler reply)
{
    call.commands.getGroup({std::move(call.ids[0])}, answerGroup(std::move(reply), 200));
}

void create(RouteCall call, ReplyHandler reply)
{
    auto wanted = wire::decodeGroupBody(call.body);
    if (!wanted)
        return reply(failure(wanted.error()));
    call.commands.createGroup(std::move(*wanted), answerGroup(std::move(reply), 201));
}

void update(RouteCall call, ReplyHandler reply)
{
    auto wanted = wire::decodeGroupBody(call.body);
    if (!wanted)
        return reply(failure(wanted.error()));
    call.commands.editGroup(
        {std::move(call.ids[0])},
        [wanted = std::move(*wanted)](const access::Group&) -> Result<access::Group> { return wanted; },
        answerGroup(std::move(reply), 200));
}

void remove(RouteCall call, ReplyHandler reply)
{
    call.commands.deleteGroup({std::move(call.ids[0])}, [reply = std::move(reply)](Result<access::Group> group) mutable {
        reply(group ? success(Json::object().set("id", group->id.value), 202) : failure(group.error()));
    });
}

constexpr Route kRoutes[] = {
    {"GET", "{owner}/access/groups", list},
    {"POST", "{owner}/access/groups", create},
    {"GET", "{owner}/access/groups/{id}", get},
    {"PUT", "{owner}/access/groups/{id}", update},
    {"DELETE", "{owner}/access/groups/{id}", remove},
};

} // namespace groupCalls

std::span<const Route> groupRoutes()
{
    return groupCalls::kRoutes;
}

} // namespace latchkey::api
