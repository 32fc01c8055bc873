// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Route.h"

#include "agent/wire/ConfigurationCodec.h"

namespace latchkey::api {

namespace configurationCalls {

void read(RouteCall call, ReplyHandler reply)
{
    call.commands.exportConfiguration([reply = std::move(reply)](Result<access::Configuration> configuration) mutable {
        reply(configuration ? success(wire::encode(*configuration)) : failure(configuration.error()));
    });
}

/// The text member, which is wiped where it stood.
Result<std::optional<SecretBytes>> takeSecret(Json& json, std::string_view member)
{
    std::optional<SecretBytes> secret;
    if (JsonObject* members = json.asObject()) {
        for (auto& [name, value] : *members) {
            if (name != member || value.isNull())
                continue;
            std::string* text = value.asString();
            if (text == nullptr)
                return fail(ErrorCode::invalidArgument, std::string(member) + " must be a string");
            secret.emplace(std::string_view(*text));
            base::wipe(*text);
        }
        json.remove(member);
    }
    return secret;
}

void readWithKeys(RouteCall call, ReplyHandler reply)
{
    auto json = parseJson(call.body);
    base::wipe(call.body);
    if (!json)
        return reply(failure(json.error()));
    auto passphrase = takeSecret(*json, "passphrase");
    if (!passphrase)
        return reply(failure(passphrase.error()));
    if (!*passphrase)
        return reply(failure(Error{ErrorCode::invalidArgument, "passphrase is required", {}}));
    call.commands.exportWithKeys(std::move(**passphrase), [reply = std::move(reply)](Result<access::Configuration> configuration) mutable {
        reply(configuration ? success(wire::encode(*configuration)) : failure(configuration.error()));
    });
}

std::string_view word(control::ConfigurationChange::Kind kind)
{
    switch (kind) {
    case control::ConfigurationChange::Kind::created: return "create";
    case control::ConfigurationChange::Kind::changed: return "change";
    case control::ConfigurationChange::Kind::removed: return "remove";
    }
    return "change";
}

Json encode(const control::ConfigurationChanges& changes)
{
    Json items = Json::array();
    for (const auto& change : changes.changes)
        items.push(Json::object()
                       .set("action", word(change.kind))
                       .set("kind", change.what)
                       .set("id", change.id)
                       .set("name", change.name));
    return Json::object().set("changes", std::move(items)).set("unchanged", changes.unchanged);
}

Result<bool> flag(const http::QueryItems& query, std::string_view name, bool otherwise = false)
{
    const auto* text = http::find(query, name);
    if (!text)
        return otherwise;
    if (*text == "false")
        return false;
    if (*text == "true")
        return true;
    return fail(ErrorCode::invalidArgument, std::string(name) + " must be true or false");
}

void bring(RouteCall call, ReplyHandler reply, bool rehearse)
{
    const auto prune = flag(call.query, "prune");
    if (!prune)
        return reply(failure(prune.error()));
    auto json = parseJson(call.body, {.bytes = wire::largestConfiguration});
    base::wipe(call.body);   // It may hold secrets that are to be hashed.
    if (!json)
        return reply(failure(json.error()));
    // Not part of a configuration, but of asking for its import.
    auto passphrase = takeSecret(*json, "keys_passphrase");
    if (!passphrase)
        return reply(failure(passphrase.error()));
    const auto withKeys = flag(call.query, "keys", true);
    if (!withKeys)
        return reply(failure(withKeys.error()));
    auto configuration = wire::decodeConfiguration(std::move(*json));
    if (!configuration)
        return reply(failure(configuration.error()));
    call.commands.importConfiguration(std::move(*configuration), {.prune = *prune, .rehearse = rehearse, .withoutKeys = !*withKeys, .passphrase = std::move(*passphrase)},
                                      [reply = std::move(reply)](Result<control::ConfigurationChanges> changes) mutable {
                                          reply(changes ? success(encode(*changes)) : failure(changes.error()));
                                      });
}

void write(RouteCall call, ReplyHandler reply)
{
    bring(std::move(call), std::move(reply), false);
}

void check(RouteCall call, ReplyHandler reply)
{
    bring(std::move(call), std::move(reply), true);
}

constexpr Route kRoutes[] = {
    {"GET", "/latchkey/v1/config", read},
    {"PUT", "/latchkey/v1/config", write, wire::largestConfiguration},
    {"POST", "/latchkey/v1/config/check", check, wire::largestConfiguration},
    {"POST", "/latchkey/v1/config/export", readWithKeys},
};

} // namespace configurationCalls

std::span<const Route> configurationRoutes()
{
    return configurationCalls::kRoutes;
}

} // namespace latchkey::api
