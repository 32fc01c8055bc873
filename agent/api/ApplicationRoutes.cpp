// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Route.h"

#include "agent/wire/ApplicationCodec.h"
#include "agent/wire/ListQuery.h"

namespace latchkey::api {

namespace applicationCalls {

control::Answer<access::Application> answerApplication(ReplyHandler reply, int status)
{
    return [reply = std::move(reply), status](Result<access::Application> application) mutable {
        reply(application ? success(wire::encode(*application), status) : failure(application.error()));
    };
}

void list(RouteCall call, ReplyHandler reply)
{
    auto query = wire::decodeListQuery(call.query);
    if (!query)
        return reply(failure(query.error()));
    auto search = query->search.empty() ? std::move(query->name) : std::move(query->search);
    call.commands.listApplications(query->page, query->perPage, std::move(search),
                                   [reply = std::move(reply)](Result<store::Page<access::Application>> page) mutable {
                                       if (!page)
                                           return reply(failure(page.error()));
                                       Json items = Json::array();
                                       for (const auto& application : page->items)
                                           items.push(wire::encode(application));
                                       reply(successPage(std::move(items), page->page, page->perPage, page->totalCount));
                                   });
}

void get(RouteCall call, ReplyHandler reply)
{
    call.commands.getApplication({std::move(call.ids[0])}, answerApplication(std::move(reply), 200));
}

void create(RouteCall call, ReplyHandler reply)
{
    auto wanted = wire::decodeApplicationBody(call.body);
    if (!wanted)
        return reply(failure(wanted.error()));
    call.commands.createApplication(std::move(*wanted), answerApplication(std::move(reply), 201));
}

/// A PUT replaces what Cloudflare's API knows of. What only we know (`latchkey`), and the policies, which tools manage by
/// calls of their own, stay as they are when the body does not mention them: official SDKs cannot know our member.
access::Application completed(access::Application wanted, const Json& body, const access::Application& current)
{
    const auto* own = body.find("latchkey");
    if (!own || !own->find("upstream"))
        wanted.upstream = current.upstream;
    if (!own || !own->find("port"))
        wanted.port = current.port;
    if (!body.find("policies"))
        wanted.policies = current.policies;
    if (!body.find("name"))
        wanted.name = current.name;
    if (!body.find("domain"))
        wanted.domain = current.domain;
    return wanted;
}

void update(RouteCall call, ReplyHandler reply)
{
    auto body = parseJson(call.body);
    if (!body)
        return reply(failure(body.error()));
    auto wanted = wire::decodeApplication(*body);
    if (!wanted)
        return reply(failure(wanted.error()));
    call.commands.editApplication(
        {std::move(call.ids[0])},
        [wanted = std::move(*wanted), body = std::move(*body)](const access::Application& current) -> Result<access::Application> {
            return completed(wanted, body, current);
        },
        answerApplication(std::move(reply), 200));
}

void remove(RouteCall call, ReplyHandler reply)
{
    call.commands.deleteApplication({std::move(call.ids[0])},
                                    [reply = std::move(reply)](Result<access::Application> application) mutable {
                                        if (!application)
                                            return reply(failure(application.error()));
                                        reply(success(Json::object().set("id", application->id.value), 202));
                                    });
}

void revokeTokens(RouteCall call, ReplyHandler reply)
{
    call.commands.revokeSessions({std::move(call.ids[0])}, [reply = std::move(reply)](Result<void> revoked) mutable {
        reply(revoked ? success(Json::object(), 202) : failure(revoked.error()));
    });
}

// Statuses as Cloudflare's OpenAPI description has them.
constexpr Route kRoutes[] = {
    {"GET", "{owner}/access/apps", list},
    {"POST", "{owner}/access/apps", create},
    {"GET", "{owner}/access/apps/{id}", get},
    {"PUT", "{owner}/access/apps/{id}", update},
    {"DELETE", "{owner}/access/apps/{id}", remove},
    {"POST", "{owner}/access/apps/{id}/revoke_tokens", revokeTokens},
};

} // namespace applicationCalls

std::span<const Route> applicationRoutes()
{
    return applicationCalls::kRoutes;
}

} // namespace latchkey::api
