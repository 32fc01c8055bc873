// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "FaultRoutes.h"

#include "Route.h"

#include "agent/wire/Members.h"

namespace latchkey::api {

namespace faultCalls {

control::Answer<access::Faults> answerFaults(ReplyHandler reply)
{
    return [reply = std::move(reply)](Result<access::Faults> faults) mutable {
        reply(faults ? success(encode(*faults)) : failure(faults.error()));
    };
}

void put(RouteCall call, ReplyHandler reply)
{
    const auto body = parseJson(call.body);
    if (!body)
        return reply(failure(body.error()));
    const auto faults = decodeFaults(*body);
    if (!faults)
        return reply(failure(faults.error()));
    call.commands.setFaults({std::move(call.ids[0])}, *faults, answerFaults(std::move(reply)));
}

void remove(RouteCall call, ReplyHandler reply)
{
    call.commands.setFaults({std::move(call.ids[0])}, {}, answerFaults(std::move(reply)));
}

void get(RouteCall call, ReplyHandler reply)
{
    access::Faults faults;
    for (const auto& [id, set] : call.commands.status().faults) {
        if (id.value == call.ids[0])
            faults = set;
    }
    call.commands.getApplication({call.ids[0]}, [faults, reply = std::move(reply)](Result<access::Application> application) mutable {
        reply(application ? success(encode(faults)) : failure(application.error()));
    });
}

constexpr Route kRoutes[] = {
    {"GET", "/latchkey/v1/apps/{id}/faults", get},
    {"PUT", "/latchkey/v1/apps/{id}/faults", put},
    {"DELETE", "/latchkey/v1/apps/{id}/faults", remove},
};

} // namespace faultCalls

std::span<const Route> faultRoutes()
{
    return faultCalls::kRoutes;
}

Json encode(const access::Faults& faults)
{
    const auto orNull = [](std::string_view code) { return code.empty() ? Json() : Json(code); };
    return Json::object()
        .set("jwt", orNull(access::code(faults.jwt)))
        .set("certs", orNull(access::code(faults.certs)))
        .set("clock_offset_seconds", static_cast<std::int64_t>(faults.clockOffset.count()))
        .set("latency_ms", static_cast<std::int64_t>(faults.latency.count()))
        .set("by_header", faults.byHeader);
}

Result<access::Faults> decodeFaults(const Json& json)
{
    if (!json.isObject())
        return fail(ErrorCode::invalidArgument, "faults must be an object");
    constexpr std::string_view known[] = {"jwt", "certs", "clock_offset_seconds", "latency_ms", "by_header"};
    if (const std::string unknown = wire::unknownMembers(json, known); !unknown.empty())
        return fail(ErrorCode::invalidArgument, "there are only jwt, certs, clock_offset_seconds, latency_ms and by_header; not " + unknown);
    const auto jwt = wire::textMember(json, "jwt");
    const auto certs = wire::textMember(json, "certs");
    const auto offset = wire::integerMember(json, "clock_offset_seconds");
    const auto latency = wire::integerMember(json, "latency_ms");
    const auto byHeader = wire::boolMember(json, "by_header");
    if (const auto read = wire::firstError(jwt, certs, offset, latency, byHeader); !read)
        return std::unexpected(read.error());
    access::Faults faults;
    // One by one, so that a fault of the one kind does not pass for the other.
    if (const auto added = access::addFaults(faults, jwt->value_or("")); !added || faults.certs != access::CertsFault::none)
        return added ? fail(ErrorCode::invalidArgument, "jwt: that is a fault of the certs document") : std::unexpected(added.error());
    const auto kind = faults.jwt;
    if (const auto added = access::addFaults(faults, certs->value_or("")); !added || faults.jwt != kind)
        return added ? fail(ErrorCode::invalidArgument, "certs: that is a fault of the JWT") : std::unexpected(added.error());
    const std::string numbers = "clock_offset=" + std::to_string(offset->value_or(0)) + ",latency=" + std::to_string(latency->value_or(0));
    if (const auto added = access::addFaults(faults, numbers); !added)
        return std::unexpected(added.error());
    faults.byHeader = byHeader->value_or(false);
    return faults;
}

} // namespace latchkey::api
