// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Route.h"

#include "agent/wire/ApplicationCodec.h"
#include "agent/wire/ListQuery.h"

#include <algorithm>
#include <memory>

namespace latchkey::api {

namespace policyCalls {

// Reusable policies.

control::Answer<control::ReusablePolicy> answerPolicy(ReplyHandler reply, int status)
{
    return [reply = std::move(reply), status](Result<control::ReusablePolicy> policy) mutable {
        reply(policy ? success(wire::encodeReusable(policy->policy, policy->applications), status) : failure(policy.error()));
    };
}

void list(RouteCall call, ReplyHandler reply)
{
    const auto query = wire::decodeListQuery(call.query);
    if (!query)
        return reply(failure(query.error()));
    call.commands.listPolicies(query->page, query->perPage, [reply = std::move(reply)](Result<store::Page<control::ReusablePolicy>> page) mutable {
        if (!page)
            return reply(failure(page.error()));
        Json items = Json::array();
        for (const auto& each : page->items)
            items.push(wire::encodeReusable(each.policy, each.applications));
        reply(successPage(std::move(items), page->page, page->perPage, page->totalCount));
    });
}

void get(RouteCall call, ReplyHandler reply)
{
    call.commands.getPolicy({std::move(call.ids[0])}, answerPolicy(std::move(reply), 200));
}

Result<access::Policy> reusableFrom(const std::string& body)
{
    const auto json = parseJson(body);
    if (!json)
        return std::unexpected(json.error());
    return wire::decodeReusable(*json);
}

void create(RouteCall call, ReplyHandler reply)
{
    auto wanted = reusableFrom(call.body);
    if (!wanted)
        return reply(failure(wanted.error()));
    call.commands.createPolicy(std::move(*wanted), answerPolicy(std::move(reply), 201));
}

void update(RouteCall call, ReplyHandler reply)
{
    auto wanted = reusableFrom(call.body);
    if (!wanted)
        return reply(failure(wanted.error()));
    call.commands.editPolicy(
        {std::move(call.ids[0])},
        [wanted = std::move(*wanted)](const access::Policy&) -> Result<access::Policy> { return wanted; },
        answerPolicy(std::move(reply), 200));
}

void remove(RouteCall call, ReplyHandler reply)
{
    call.commands.deletePolicy({std::move(call.ids[0])}, [reply = std::move(reply)](Result<access::Policy> policy) mutable {
        reply(policy ? success(Json::object().set("id", policy->id.value), 202) : failure(policy.error()));
    });
}

// The policies of one application. They are part of it, so a change of one is a change of the application.

Error noSuchPolicy(const access::PolicyId& id)
{
    return {ErrorCode::notFound, "The application has no policy with the id " + id.value + '.', {}};
}

Error isReusable()
{
    return {ErrorCode::invalidArgument, "This policy is reusable: change it under access/policies, or take it out of the application's policies.", {}};
}

/// The application's policy of this id that is its own, to be changed in place.
Result<access::Policy*> ownIn(access::Application& application, const access::PolicyId& id)
{
    const auto found = std::ranges::find(application.policies, id, &access::Policy::id);
    if (found == application.policies.end())
        return std::unexpected(noSuchPolicy(id));
    if (found->reusable)
        return std::unexpected(isReusable());
    return &*found;
}

void listOwn(RouteCall call, ReplyHandler reply)
{
    auto query = wire::decodeListQuery(call.query);
    if (!query)
        return reply(failure(query.error()));
    call.commands.getApplication({std::move(call.ids[0])},
                                 [reply = std::move(reply), query = std::move(*query)](Result<access::Application> application) mutable {
                                     if (!application)
                                         return reply(failure(application.error()));
                                     const auto total = static_cast<std::int64_t>(application->policies.size());
                                     const std::int64_t first = std::int64_t{query.page - 1} * query.perPage;
                                     Json items = Json::array();
                                     for (std::int64_t i = first; i < std::min(total, first + query.perPage); ++i)
                                         items.push(wire::encode(application->policies[static_cast<std::size_t>(i)]));
                                     reply(successPage(std::move(items), query.page, query.perPage, static_cast<int>(total)));
                                 });
}

void getOwn(RouteCall call, ReplyHandler reply)
{
    call.commands.getApplication({std::move(call.ids[0])},
                                 [reply = std::move(reply), id = access::PolicyId{std::move(call.ids[1])}](Result<access::Application> application) mutable {
                                     if (!application)
                                         return reply(failure(application.error()));
                                     const auto found = std::ranges::find(application->policies, id, &access::Policy::id);
                                     if (found == application->policies.end())
                                         return reply(failure(noSuchPolicy(id)));
                                     reply(success(wire::encode(*found)));
                                 });
}

/// Answers with the policy of this precedence: it is unique within the application.
control::Answer<access::Application> answerPolicyAt(ReplyHandler reply, int status, std::shared_ptr<const int> precedence)
{
    return [reply = std::move(reply), status, precedence = std::move(precedence)](Result<access::Application> application) mutable {
        if (!application)
            return reply(failure(application.error()));
        const auto found = std::ranges::find(application->policies, *precedence, &access::Policy::precedence);
        reply(success(wire::encode(*found), status));
    };
}

bool hasPrecedence(const Json& body)
{
    const Json* member = body.find("precedence");
    return member != nullptr && !member->isNull();
}

struct OwnPolicy {
    access::Policy policy;
    bool hasPrecedence = false;
};

Result<OwnPolicy> ownFrom(const std::string& body)
{
    const auto json = parseJson(body);
    if (!json)
        return std::unexpected(json.error());
    auto policy = wire::decodePolicy(*json);
    if (!policy)
        return std::unexpected(policy.error());
    policy->reusable = false;
    return OwnPolicy{std::move(*policy), hasPrecedence(*json)};
}

void createOwn(RouteCall call, ReplyHandler reply)
{
    auto wanted = ownFrom(call.body);
    if (!wanted)
        return reply(failure(wanted.error()));
    auto precedence = std::make_shared<int>(0);
    call.commands.editApplication(
        {std::move(call.ids[0])},
        [wanted = std::move(*wanted), precedence](const access::Application& current) -> Result<access::Application> {
            auto application = current;
            auto policy = wanted.policy;
            policy.id = {};
            if (!wanted.hasPrecedence) {
                policy.precedence = 1;
                for (const auto& each : current.policies)
                    policy.precedence = std::max(policy.precedence, each.precedence + 1);
            }
            *precedence = policy.precedence;
            application.policies.push_back(std::move(policy));
            std::ranges::stable_sort(application.policies, {}, &access::Policy::precedence);
            return application;
        },
        answerPolicyAt(std::move(reply), 201, precedence));
}

void updateOwn(RouteCall call, ReplyHandler reply)
{
    auto wanted = ownFrom(call.body);
    if (!wanted)
        return reply(failure(wanted.error()));
    auto precedence = std::make_shared<int>(0);
    call.commands.editApplication(
        {std::move(call.ids[0])},
        [wanted = std::move(*wanted), precedence, id = access::PolicyId{std::move(call.ids[1])}](const access::Application& current) -> Result<access::Application> {
            auto application = current;
            const auto found = ownIn(application, id);
            if (!found)
                return std::unexpected(found.error());
            auto policy = wanted.policy;
            policy.id = id;
            if (!wanted.hasPrecedence)
                policy.precedence = (*found)->precedence;
            *precedence = policy.precedence;
            **found = std::move(policy);
            std::ranges::stable_sort(application.policies, {}, &access::Policy::precedence);
            return application;
        },
        answerPolicyAt(std::move(reply), 200, precedence));
}

void removeOwn(RouteCall call, ReplyHandler reply)
{
    const access::PolicyId id{std::move(call.ids[1])};
    call.commands.editApplication(
        {std::move(call.ids[0])},
        [id](const access::Application& current) -> Result<access::Application> {
            auto application = current;
            const auto found = ownIn(application, id);
            if (!found)
                return std::unexpected(found.error());
            application.policies.erase(application.policies.begin() + (*found - application.policies.data()));
            return application;
        },
        [reply = std::move(reply), id](Result<access::Application> application) mutable {
            reply(application ? success(Json::object().set("id", id.value), 202) : failure(application.error()));
        });
}

constexpr Route kRoutes[] = {
    {"GET", "{owner}/access/policies", list},
    {"POST", "{owner}/access/policies", create},
    {"GET", "{owner}/access/policies/{id}", get},
    {"PUT", "{owner}/access/policies/{id}", update},
    {"DELETE", "{owner}/access/policies/{id}", remove},
    {"GET", "{owner}/access/apps/{id}/policies", listOwn},
    {"POST", "{owner}/access/apps/{id}/policies", createOwn},
    {"GET", "{owner}/access/apps/{id}/policies/{policy_id}", getOwn},
    {"PUT", "{owner}/access/apps/{id}/policies/{policy_id}", updateOwn},
    {"DELETE", "{owner}/access/apps/{id}/policies/{policy_id}", removeOwn},
};

} // namespace policyCalls

std::span<const Route> policyRoutes()
{
    return policyCalls::kRoutes;
}

} // namespace latchkey::api
