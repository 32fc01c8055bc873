// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "State.h"

#include <algorithm>

namespace latchkey::control {

const ApplicationState* State::find(const access::ApplicationId& id) const
{
    const auto found = std::ranges::find(applications, id, [](const auto& each) { return each.record->id; });
    return found == applications.end() ? nullptr : &*found;
}

const ApplicationState* State::findPort(std::uint16_t port) const
{
    const auto found = std::ranges::find_if(applications, [port](const auto& each) { return each.record->port == port; });
    return found == applications.end() ? nullptr : &*found;
}

const access::Policy* State::findPolicy(const access::PolicyId& id) const
{
    const auto found = std::ranges::find(policies, id, [](const auto& each) { return each->id; });
    return found == policies.end() ? nullptr : found->get();
}

const access::Group* State::findGroup(const access::GroupId& id) const
{
    const auto found = std::ranges::find(groups, id, [](const auto& each) { return each->id; });
    return found == groups.end() ? nullptr : found->get();
}

Result<void> State::compileGroups()
{
    std::vector<access::Group> records;
    records.reserve(groups.size());
    for (const auto& group : groups)
        records.push_back(*group);
    auto compiled = access::CompiledGroups::compile(records);
    if (!compiled)
        return std::unexpected(compiled.error());
    compiledGroups = std::make_shared<const access::CompiledGroups>(std::move(*compiled));
    return {};
}

void State::put(ApplicationState application)
{
    const auto found = std::ranges::find(applications, application.record->id, [](const auto& each) { return each.record->id; });
    if (found == applications.end())
        applications.push_back(std::move(application));
    else
        *found = std::move(application);
}

void State::remove(const access::ApplicationId& id)
{
    std::erase_if(applications, [&id](const auto& each) { return each.record->id == id; });
    faults.erase(id.value);
}

Result<State> loadState(store::Store& store, jose::KeyRing keys, std::uint32_t revision)
{
    State state;
    state.keys = std::move(keys);

    auto organization = store.organization();
    if (!organization)
        return std::unexpected(organization.error());
    if (*organization)
        state.organization = std::make_shared<const access::Organization>(std::move(**organization));

    auto tokens = store.allTokens();
    if (!tokens)
        return std::unexpected(tokens.error());
    std::vector<std::shared_ptr<const access::TokenEntry>> entries;
    entries.reserve(tokens->size());
    for (const auto& record : *tokens)
        entries.push_back(std::make_shared<const access::TokenEntry>(access::entryFor(record, revision)));
    state.tokens = access::TokenMap::build(std::move(entries));

    auto policies = store.allPolicies();
    if (!policies)
        return std::unexpected(policies.error());
    for (auto& policy : *policies)
        state.policies.push_back(std::make_shared<const access::Policy>(std::move(policy)));
    auto groups = store.allGroups();
    if (!groups)
        return std::unexpected(groups.error());
    for (auto& group : *groups)
        state.groups.push_back(std::make_shared<const access::Group>(std::move(group)));
    if (auto compiled = state.compileGroups(); !compiled)
        return std::unexpected(compiled.error());

    auto applications = store.allApplications();
    if (!applications)
        return std::unexpected(applications.error());
    state.applications.reserve(applications->size());
    for (auto& application : *applications) {
        auto compiled = access::CompiledApplication::compile(application, *state.compiledGroups);
        ApplicationState next{std::make_shared<const access::Application>(std::move(application)), nullptr, {}};
        if (compiled)
            next.compiled = std::move(*compiled);
        else
            next.problem = compiled.error().message;
        state.applications.push_back(std::move(next));
    }
    std::ranges::stable_sort(state.applications, {}, [](const auto& each) { return each.record->createdAt; });
    return state;
}

std::vector<std::string> hostsOf(const State& state)
{
    std::vector<std::string> hosts;
    for (const auto& application : state.applications) {
        if (!application.compiled)
            continue;
        for (const access::HostAndPath& place : application.compiled->places()) {
            if (!place.host.empty())
                hosts.push_back(place.host);
        }
    }
    std::ranges::sort(hosts);
    const auto [first, last] = std::ranges::unique(hosts);
    hosts.erase(first, last);
    return hosts;
}

std::shared_ptr<const edge::Snapshot> makeSnapshot(const State& state, std::uint64_t revision, std::string issuer,
                                                   std::chrono::sys_seconds now, std::vector<TokenUuid> cutOff)
{
    auto snapshot = std::make_shared<edge::Snapshot>();
    snapshot->revision = revision;
    snapshot->issuer = std::move(issuer);
    snapshot->tokens = state.tokens;
    snapshot->organization = state.organization;
    snapshot->applications.reserve(state.applications.size());
    for (const auto& application : state.applications) {
        if (application.compiled)
            snapshot->applications.push_back(application.compiled);
    }
    snapshot->keys = state.keys;
    snapshot->faults = state.faults;
    snapshot->certsDocument = state.keys.certsDocument(now);
    snapshot->cutOff = std::move(cutOff);
    return snapshot;
}

} // namespace latchkey::control
