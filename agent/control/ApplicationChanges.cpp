// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ApplicationChanges.h"

#include "Naming.h"
#include "PolicyChanges.h"

#include <algorithm>

namespace latchkey::control {

namespace {

Result<const ApplicationState*> find(Transaction& transaction, const access::ApplicationId& id)
{
    if (const auto* application = transaction.candidate.state.find(id))
        return application;
    return std::unexpected(noSuchApplication(id));
}

/// Cloudflare's API lets the name be left out, where people look for the domain then, and the domain, where it is the first
/// of the others.
void nameUnnamed(access::Application& application)
{
    if (application.domain.empty()) {
        for (const auto& destination : application.options.destinations) {
            if (application.domain.empty())
                application.domain = destination.uri;
        }
        if (application.domain.empty() && application.options.destinations.empty() && !application.options.selfHostedDomains.empty())
            application.domain = application.options.selfHostedDomains.front();
    }
    if (!application.options.httpOnlyCookie)
        application.options.httpOnlyCookie = true; // Cloudflare's replies say so, too
    if (application.name.empty())
        application.name = application.domain;
}

/// Clients leave the ids out when they send a list back: a policy that is still the same in everything else is that policy.
void recognisePolicies(std::vector<access::Policy>& policies, const std::vector<access::Policy>& before)
{
    const auto isNamed = [&](const access::PolicyId& id) { return std::ranges::find(policies, id, &access::Policy::id) != policies.end(); };
    for (auto& policy : policies) {
        if (!policy.id.isEmpty())
            continue;
        for (const auto& known : before) {
            auto same = known;
            same.id = policy.id;
            same.createdAt = policy.createdAt;
            same.updatedAt = policy.updatedAt;
            if (same == policy && !isNamed(known.id)) {
                policy.id = known.id;
                break;
            }
        }
    }
}

/// Policies that are new get an id and times; `before` are those there were.
Result<void> settlePolicies(Transaction& transaction, std::vector<access::Policy>& policies, const std::vector<access::Policy>& before)
{
    if (auto resolved = resolveReusable(transaction.candidate.state, policies, before); !resolved)
        return resolved;
    recognisePolicies(policies, before);
    for (auto& policy : policies) {
        if (policy.reusable)
            continue;
        const auto known = std::ranges::find(before, policy.id, &access::Policy::id);
        if (policy.id.isEmpty()) {
            policy.id = {transaction.random.uuid()};
            policy.createdAt = transaction.now;
            policy.updatedAt = transaction.now;
        } else if (known == before.end()) {
            return fail(ErrorCode::invalidArgument, "The application has no policy with the id " + policy.id.value + '.');
        } else {
            policy.createdAt = known->createdAt;
            policy.updatedAt = known->updatedAt;
            if (policy != *known)
                policy.updatedAt = transaction.now;
        }
    }
    for (auto policy = policies.begin(); policy != policies.end(); ++policy) {
        if (std::ranges::find(policies.begin(), policy, policy->id, &access::Policy::id) != policy)
            return fail(ErrorCode::invalidArgument, "The policy " + policy->id.value + " is named twice.");
    }
    return {};
}

Result<void> checkUnique(const State& state, const access::ApplicationId& id, const access::CompiledApplication& compiled)
{
    for (const auto& other : state.applications) {
        if (other.record->id == id || !other.compiled)
            continue;
        for (const auto& place : compiled.places()) {
            if (std::ranges::find(other.compiled->places(), place) == other.compiled->places().end())
                continue;
            return fail(ErrorCode::conflict, "The application “" + other.record->name + "” already protects " + place.host
                            + (place.path.size() > 1 ? place.path : std::string()) + '.');
        }
    }
    return {};
}

/// Everything that can be said against an application before its port is opened.
Result<std::shared_ptr<const access::CompiledApplication>> check(const State& state, const access::Application& application)
{
    if (auto named = checkName(application.name, "An application"); !named)
        return std::unexpected(named.error());
    if (auto upstream = checkUpstream(application.upstream); !upstream)
        return std::unexpected(upstream.error());
    for (const auto& policy : application.policies) {
        if (auto groups = checkGroups(state, policy); !groups)
            return std::unexpected(groups.error());
    }
    auto compiled = access::CompiledApplication::compile(application, *state.compiledGroups);
    if (!compiled)
        return compiled;
    if (auto unique = checkUnique(state, application.id, **compiled); !unique)
        return std::unexpected(unique.error());
    return compiled;
}

Result<std::uint16_t> openPort(Transaction& transaction, const access::ApplicationId& owner, std::optional<std::uint16_t> wanted)
{
    auto opened = transaction.ports.open(transaction.candidate.state, owner, wanted);
    if (opened)
        transaction.candidate.opened.push_back(*opened);
    return opened;
}

/// Compiles it once more, as its port or epoch may be new, and makes it part of the candidate.
Result<access::Application> put(Transaction& transaction, access::Application application)
{
    auto compiled = access::CompiledApplication::compile(application, *transaction.candidate.state.compiledGroups);
    if (!compiled)
        return std::unexpected(compiled.error());
    auto record = std::make_shared<const access::Application>(std::move(application));
    transaction.candidate.state.put({record, std::move(*compiled), {}});
    transaction.candidate.concernsEdge = true;
    return *record;
}

} // namespace

Error noSuchApplication(const access::ApplicationId& id)
{
    return {ErrorCode::notFound, "No application has the id " + id.value + '.', {}};
}

Result<access::Application> createApplication(Transaction& transaction, access::Application wanted)
{
    wanted.id = {transaction.random.uuid()};
    wanted.audience = {transaction.random.hex(32)};
    wanted.createdAt = transaction.now;
    wanted.updatedAt = transaction.now;
    wanted.sessionsRevokedAt.reset();
    wanted.sessionEpoch = 0;
    nameUnnamed(wanted);
    for (auto& policy : wanted.policies) {
        if (!policy.reusable && transaction.candidate.state.findPolicy(policy.id) == nullptr)
            policy.id = {};
    }
    if (auto settled = settlePolicies(transaction, wanted.policies, {}); !settled)
        return std::unexpected(settled.error());
    if (auto checked = check(transaction.candidate.state, wanted); !checked)
        return std::unexpected(checked.error());

    auto port = openPort(transaction, wanted.id, wanted.port);
    if (!port)
        return std::unexpected(port.error());
    wanted.port = *port;
    if (auto inserted = transaction.store.insertApplication(wanted); !inserted)
        return std::unexpected(inserted.error());
    return put(transaction, std::move(wanted));
}

Result<access::Application> editApplication(Transaction& transaction, const access::ApplicationId& id, ApplicationEdit edit)
{
    auto found = find(transaction, id);
    if (!found)
        return std::unexpected(found.error());
    const auto current = (*found)->record;
    auto edited = edit(*current);
    if (!edited)
        return edited;

    auto& wanted = *edited;
    wanted.id = current->id;
    wanted.audience = current->audience;
    wanted.createdAt = current->createdAt;
    wanted.updatedAt = transaction.now;
    wanted.sessionsRevokedAt = current->sessionsRevokedAt;
    wanted.sessionEpoch = current->sessionEpoch;
    if (!wanted.port)
        wanted.port = current->port;
    nameUnnamed(wanted);
    if (auto settled = settlePolicies(transaction, wanted.policies, current->policies); !settled)
        return std::unexpected(settled.error());
    if (auto checked = check(transaction.candidate.state, wanted); !checked)
        return std::unexpected(checked.error());

    if (wanted.port != current->port) {
        auto port = openPort(transaction, id, wanted.port);
        if (!port)
            return std::unexpected(port.error());
        if (current->port)
            transaction.candidate.released.push_back(*current->port);
    }
    if (auto updated = transaction.store.updateApplication(wanted); !updated)
        return std::unexpected(updated.error());
    return put(transaction, std::move(wanted));
}

Result<access::Application> importApplication(Transaction& transaction, access::Application wanted)
{
    const bool hasUpdate = wanted.updatedAt != std::chrono::sys_seconds{};
    const auto* there = wanted.id.isEmpty() ? nullptr : transaction.candidate.state.find(wanted.id);
    const auto current = there ? there->record : nullptr;
    if (wanted.id.isEmpty())
        wanted.id = {transaction.random.uuid()};
    if (!access::uuidBytes(wanted.id.value))
        return fail(ErrorCode::invalidArgument, "id must be a UUID in lower case");
    if (wanted.audience.isEmpty())
        wanted.audience = current ? current->audience : access::Audience{transaction.random.hex(32)};
    if (wanted.createdAt == std::chrono::sys_seconds{})
        wanted.createdAt = current ? current->createdAt : transaction.now;
    if (!hasUpdate)
        wanted.updatedAt = current ? current->updatedAt : wanted.createdAt;
    wanted.sessionsRevokedAt = current ? current->sessionsRevokedAt : std::nullopt;
    wanted.sessionEpoch = current ? current->sessionEpoch : 0;
    if (!wanted.port && current)
        wanted.port = current->port;
    nameUnnamed(wanted);

    // Policies bring their ids: those are known, whoever made them.
    auto known = current ? current->policies : std::vector<access::Policy>();
    std::ranges::copy_if(wanted.policies, std::back_inserter(known), [](const access::Policy& policy) { return !policy.id.isEmpty(); });
    if (auto settled = settlePolicies(transaction, wanted.policies, known); !settled)
        return std::unexpected(settled.error());
    if (current && wanted == *current)
        return wanted;
    if (!hasUpdate)
        wanted.updatedAt = transaction.now;
    if (auto checked = check(transaction.candidate.state, wanted); !checked)
        return std::unexpected(checked.error());

    if (!current || wanted.port != current->port) {
        auto port = openPort(transaction, wanted.id, wanted.port);
        if (!port)
            return std::unexpected(port.error());
        wanted.port = *port;
        if (current && current->port)
            transaction.candidate.released.push_back(*current->port);
    }
    auto saved = current ? transaction.store.updateApplication(wanted) : transaction.store.insertApplication(wanted);
    if (!saved)
        return std::unexpected(saved.error());
    return put(transaction, std::move(wanted));
}

Result<access::Application> deleteApplication(Transaction& transaction, const access::ApplicationId& id)
{
    auto found = find(transaction, id);
    if (!found)
        return std::unexpected(found.error());
    const auto current = (*found)->record;
    if (auto deleted = transaction.store.deleteApplication(id); !deleted)
        return std::unexpected(deleted.error());
    if (current->port)
        transaction.candidate.released.push_back(*current->port);
    transaction.candidate.state.remove(id);
    transaction.candidate.concernsEdge = true;
    return *current;
}

Result<void> revokeSessions(Transaction& transaction, const access::ApplicationId& id)
{
    auto found = find(transaction, id);
    if (!found)
        return std::unexpected(found.error());
    access::Application application = *(*found)->record;
    application.sessionEpoch += 1;
    // Twice in a second: what was issued in between counts as of the next one (see edge::AssertionContext::notBefore).
    const auto before = application.sessionsRevokedAt;
    application.sessionsRevokedAt = before ? std::max(transaction.now, *before + std::chrono::seconds(1)) : transaction.now;
    if (auto updated = transaction.store.updateApplication(application); !updated)
        return updated;
    if (auto shown = put(transaction, std::move(application)); !shown)
        return std::unexpected(shown.error());
    return {};
}

Result<access::Faults> setFaults(Transaction& transaction, const access::ApplicationId& id, access::Faults faults)
{
    if (auto found = find(transaction, id); !found)
        return std::unexpected(found.error());
    auto& all = transaction.candidate.state.faults;
    if (faults.any())
        all[id.value] = faults;
    else
        all.erase(id.value);
    transaction.candidate.concernsEdge = true;
    return faults;
}

} // namespace latchkey::control
