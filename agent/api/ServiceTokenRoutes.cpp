// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Route.h"

#include "agent/wire/ListQuery.h"
#include "agent/wire/ServiceTokenCodec.h"

namespace latchkey::api {

namespace serviceTokenCalls {

control::Answer<access::ServiceToken> answerToken(ReplyHandler reply)
{
    return [reply = std::move(reply)](Result<access::ServiceToken> token) mutable {
        reply(token ? success(wire::encode(*token)) : failure(token.error()));
    };
}

/// A reply that holds a secret. The envelope is written around an empty one, and the secret then put into a buffer
/// that does not grow any more, so that no copy of it is left behind anywhere.
Reply issuedReply(const access::ServiceToken& token, const SecretBytes& issuedSecret, int status)
{
    constexpr std::string_view emptySecret = R"("client_secret":"")";
    const std::string envelope = wire::encodeSuccess(wire::encodeIssued(token, {}));
    const auto at = envelope.rfind(emptySecret);
    if (at == std::string::npos)
        return failure(Error{ErrorCode::internal, "The reply cannot be written.", {}});
    const auto secret = issuedSecret.reveal();
    const auto cut = at + emptySecret.size() - 1;

    Reply reply{.status = status, .body = {}, .allow = {}, .holdsSecret = true};
    reply.body.reserve(envelope.size() + secret.size());
    reply.body.append(envelope, 0, cut).append(secret).append(envelope, cut);
    return reply;
}

void list(RouteCall call, ReplyHandler reply)
{
    auto query = wire::decodeListQuery(call.query);
    if (!query)
        return reply(failure(query.error()));
    call.commands.listTokens(
        {.name = std::move(query->name), .search = std::move(query->search), .page = query->page, .perPage = query->perPage},
        [reply = std::move(reply)](Result<store::Page<access::ServiceToken>> page) mutable {
            if (!page)
                return reply(failure(page.error()));
            Json items = Json::array();
            for (const auto& token : page->items)
                items.push(wire::encode(token));
            reply(successPage(std::move(items), page->page, page->perPage, page->totalCount));
        });
}

void get(RouteCall call, ReplyHandler reply)
{
    call.commands.getToken({std::move(call.ids[0])}, answerToken(std::move(reply)));
}

void create(RouteCall call, ReplyHandler reply)
{
    auto body = wire::decodeTokenCreate(call.body);
    if (!body)
        return reply(failure(body.error()));
    call.commands.createToken(
        {.name = std::move(body->name), .duration = std::move(body->duration), .extra = std::move(body->extra), .enabled = body->enabled},
        [reply = std::move(reply)](Result<control::IssuedToken> issued) mutable {
            reply(issued ? issuedReply(issued->token, issued->secret, 201) : failure(issued.error()));
        });
}

void update(RouteCall call, ReplyHandler reply)
{
    auto body = wire::decodeTokenUpdate(call.body);
    if (!body)
        return reply(failure(body.error()));
    call.commands.updateToken({std::move(call.ids[0])},
                              {.name = std::move(body->name),
                               .duration = std::move(body->duration),
                               .enabled = body->enabled,
                               .extra = std::move(body->extra),
                               .clientSecretVersion = body->clientSecretVersion,
                               .previousSecretEnd = body->previousClientSecretExpiresAt},
                              [reply = std::move(reply)](Result<control::UpdatedToken> updated) mutable {
                                  if (!updated)
                                      return reply(failure(updated.error()));
                                  reply(updated->secret ? issuedReply(updated->token, *updated->secret, 200)
                                                        : success(wire::encode(updated->token)));
                              });
}

void rotate(RouteCall call, ReplyHandler reply)
{
    const auto previousEnd = wire::decodeTokenRotate(call.body);
    if (!previousEnd)
        return reply(failure(previousEnd.error()));
    call.commands.rotateToken({std::move(call.ids[0])}, *previousEnd,
                              [reply = std::move(reply)](Result<control::IssuedToken> issued) mutable {
                                  reply(issued ? issuedReply(issued->token, issued->secret, 200) : failure(issued.error()));
                              });
}

void refresh(RouteCall call, ReplyHandler reply)
{
    call.commands.refreshToken({std::move(call.ids[0])}, [reply = std::move(reply)](Result<access::ServiceToken> token) mutable {
        if (!token)
            return reply(failure(token.error()));
        std::vector<wire::ApiMessage> messages;
        if (!token->expiresAt)
            messages.push_back({0, "This service token never expires, so refreshing it changed nothing."});
        reply(success(wire::encode(*token), 200, std::move(messages)));
    });
}

void remove(RouteCall call, ReplyHandler reply)
{
    call.commands.deleteToken({std::move(call.ids[0])}, answerToken(std::move(reply)));
}

constexpr Route kRoutes[] = {
    {"GET", "{owner}/access/service_tokens", list},
    {"POST", "{owner}/access/service_tokens", create},
    {"GET", "{owner}/access/service_tokens/{id}", get},
    {"PUT", "{owner}/access/service_tokens/{id}", update},
    {"DELETE", "{owner}/access/service_tokens/{id}", remove},
    {"POST", "{owner}/access/service_tokens/{id}/refresh", refresh},
    {"POST", "{owner}/access/service_tokens/{id}/rotate", rotate},
};

} // namespace serviceTokenCalls

std::span<const Route> serviceTokenRoutes()
{
    return serviceTokenCalls::kRoutes;
}

} // namespace latchkey::api
