// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "PolicyChanges.h"

#include "Naming.h"

#include <algorithm>
#include <array>

namespace latchkey::control {

namespace {

constexpr const char* fewRules = " needs at least one rule in include: without one it never matches.";

Result<void> check(const State& state, const access::Policy& policy)
{
    if (auto named = checkName(policy.name, "A policy"); !named)
        return named;
    if (policy.include.empty())
        return fail(ErrorCode::invalidArgument, std::string("A reusable policy") + fewRules);
    return checkGroups(state, policy);
}

std::array<const std::vector<access::Rule>*, 3> listsOf(const access::Group& group)
{
    return {&group.include, &group.require, &group.exclude};
}

Result<void> check(const State& state, const access::Group& group)
{
    if (auto named = checkName(group.name, "A group"); !named)
        return named;
    if (group.include.empty())
        return fail(ErrorCode::invalidArgument, std::string("A group") + fewRules);
    return checkGroups(state, listsOf(group));
}

bool names(std::span<const std::vector<access::Rule>* const> lists, const access::GroupId& id)
{
    return std::ranges::any_of(lists, [&](const auto* rules) {
        return std::ranges::any_of(*rules, [&](const access::Rule& rule) {
            const auto* group = std::get_if<access::GroupRule>(&rule);
            return group != nullptr && group->groupId == id;
        });
    });
}

bool names(const access::Policy& policy, const access::GroupId& id)
{
    return names(std::array{&policy.include, &policy.require, &policy.exclude}, id);
}

/// What keeps a group from going, in words; empty: nothing.
std::string userOf(const State& state, const access::GroupId& id)
{
    for (const auto& policy : state.policies) {
        if (names(*policy, id))
            return "the policy “" + policy->name + "”";
    }
    for (const auto& group : state.groups) {
        if (names(listsOf(*group), id))
            return "the group “" + group->name + "”";
    }
    for (const auto& application : state.applications) {
        if (std::ranges::any_of(application.record->policies, [&](const auto& policy) { return names(policy, id); }))
            return "a policy of the application “" + application.record->name + "”";
    }
    return {};
}

/// A change of the policy that the application has, in the store and the candidate.
Result<void> replaceIn(Transaction& transaction, const access::Application& application, const access::Policy& policy)
{
    auto next = application;
    for (auto& each : next.policies) {
        if (!each.reusable || each.id != policy.id)
            continue;
        const int precedence = each.precedence;
        each = policy;
        each.precedence = precedence;
    }
    auto compiled = access::CompiledApplication::compile(next, *transaction.candidate.state.compiledGroups);
    if (!compiled)
        return std::unexpected(compiled.error());
    if (auto updated = transaction.store.updateApplication(next); !updated)
        return updated;
    transaction.candidate.state.put({std::make_shared<const access::Application>(std::move(next)), std::move(*compiled), {}});
    return {};
}

/// After groups have changed: compiles them, and every application with them.
Result<void> recompile(Transaction& transaction)
{
    State& state = transaction.candidate.state;
    if (auto compiled = state.compileGroups(); !compiled)
        return compiled;
    for (auto& application : state.applications) {
        auto compiled = access::CompiledApplication::compile(*application.record, *state.compiledGroups);
        // One that could not be evaluated before is no worse than it was.
        if (!compiled && application.compiled != nullptr)
            return std::unexpected(compiled.error());
        if (compiled)
            application.compiled = std::move(*compiled);
    }
    transaction.candidate.concernsEdge = true;
    return {};
}

} // namespace

Error noSuchPolicy(const access::PolicyId& id)
{
    return {ErrorCode::notFound, "No policy has the id " + id.value + '.', {}};
}

Error noSuchGroup(const access::GroupId& id)
{
    return {ErrorCode::notFound, "No group has the id " + id.value + '.', {}};
}

Result<void> checkGroups(const State& state, std::span<const std::vector<access::Rule>* const> lists)
{
    for (const auto* rules : lists) {
        for (const access::Rule& rule : *rules) {
            const auto* group = std::get_if<access::GroupRule>(&rule);
            if (group != nullptr && state.findGroup(group->groupId) == nullptr)
                return fail(ErrorCode::invalidArgument, "A rule names the group " + group->groupId.value + ", and there is none with that id.");
        }
    }
    return {};
}

Result<void> checkGroups(const State& state, const access::Policy& policy)
{
    return checkGroups(state, std::array{&policy.include, &policy.require, &policy.exclude});
}

int applicationsUsing(const State& state, const access::PolicyId& id)
{
    return static_cast<int>(std::ranges::count_if(state.applications, [&](const auto& application) {
        return std::ranges::any_of(application.record->policies, [&](const auto& policy) { return policy.reusable && policy.id == id; });
    }));
}

Result<void> resolveReusable(const State& state, std::vector<access::Policy>& policies, const std::vector<access::Policy>& before)
{
    for (auto& policy : policies) {
        // Clients send back what they read; the content of a reusable policy is its own all the same.
        if (!policy.reusable && state.findPolicy(policy.id) == nullptr)
            continue;
        const int precedence = policy.precedence;
        if (const auto* known = state.findPolicy(policy.id)) {
            policy = *known;
        } else {
            const auto own = std::ranges::find(before, policy.id, &access::Policy::id);
            if (own == before.end())
                return fail(ErrorCode::invalidArgument, "No policy has the id " + policy.id.value + "; an application can list reusable policies and its own.");
            policy = *own;
            policy.reusable = false;   // from another agent, perhaps, where it was
        }
        policy.precedence = precedence;
    }
    return {};
}

Result<access::Policy> createPolicy(Transaction& transaction, access::Policy wanted)
{
    wanted.id = {transaction.random.uuid()};
    wanted.reusable = true;
    wanted.precedence = 0;
    wanted.createdAt = transaction.now;
    wanted.updatedAt = transaction.now;
    if (auto checked = check(transaction.candidate.state, wanted); !checked)
        return std::unexpected(checked.error());
    if (auto inserted = transaction.store.insertPolicy(wanted); !inserted)
        return std::unexpected(inserted.error());
    transaction.candidate.state.policies.push_back(std::make_shared<const access::Policy>(wanted));
    return wanted;
}

Result<ReusablePolicy> editPolicy(Transaction& transaction, const access::PolicyId& id, PolicyEdit edit)
{
    State& state = transaction.candidate.state;
    const auto found = std::ranges::find(state.policies, id, [](const auto& each) { return each->id; });
    if (found == state.policies.end())
        return std::unexpected(noSuchPolicy(id));
    const auto current = *found;
    auto wanted = edit(*current);
    if (!wanted)
        return std::unexpected(wanted.error());
    wanted->id = current->id;
    wanted->reusable = true;
    wanted->precedence = current->precedence;
    wanted->createdAt = current->createdAt;
    wanted->updatedAt = transaction.now;
    if (auto checked = check(state, *wanted); !checked)
        return std::unexpected(checked.error());
    if (auto updated = transaction.store.updatePolicy(*wanted); !updated)
        return std::unexpected(updated.error());
    *found = std::make_shared<const access::Policy>(*wanted);

    int uses = 0;
    // By index: replacing one keeps the number of applications.
    for (std::size_t i = 0; i < state.applications.size(); ++i) {
        const auto application = state.applications[i].record;
        if (!std::ranges::any_of(application->policies, [&](const auto& policy) { return policy.reusable && policy.id == id; }))
            continue;
        if (auto replaced = replaceIn(transaction, *application, *wanted); !replaced)
            return std::unexpected(replaced.error());
        ++uses;
    }
    transaction.candidate.concernsEdge = transaction.candidate.concernsEdge || uses > 0;
    return ReusablePolicy{std::move(*wanted), uses};
}

Result<access::Policy> deletePolicy(Transaction& transaction, const access::PolicyId& id)
{
    State& state = transaction.candidate.state;
    const auto found = std::ranges::find(state.policies, id, [](const auto& each) { return each->id; });
    if (found == state.policies.end())
        return std::unexpected(noSuchPolicy(id));
    const auto current = *found;
    if (const int uses = applicationsUsing(state, id); uses > 0)
        return fail(ErrorCode::conflict, "The policy “" + current->name + "” is used by " + std::to_string(uses)
                                             + (uses == 1 ? " application; take it out of it first." : " applications; take it out of them first."));
    if (auto deleted = transaction.store.deletePolicy(id); !deleted)
        return std::unexpected(deleted.error());
    state.policies.erase(found);
    return *current;
}

Result<access::Group> createGroup(Transaction& transaction, access::Group wanted)
{
    wanted.id = {transaction.random.uuid()};
    wanted.createdAt = transaction.now;
    wanted.updatedAt = transaction.now;
    State& state = transaction.candidate.state;
    if (auto checked = check(state, wanted); !checked)
        return std::unexpected(checked.error());
    if (auto inserted = transaction.store.insertGroup(wanted); !inserted)
        return std::unexpected(inserted.error());
    state.groups.push_back(std::make_shared<const access::Group>(wanted));
    // Nothing names it yet, so the edge need not hear of it.
    if (auto compiled = state.compileGroups(); !compiled)
        return std::unexpected(compiled.error());
    return wanted;
}

Result<access::Group> editGroup(Transaction& transaction, const access::GroupId& id, GroupEdit edit)
{
    State& state = transaction.candidate.state;
    const auto found = std::ranges::find(state.groups, id, [](const auto& each) { return each->id; });
    if (found == state.groups.end())
        return std::unexpected(noSuchGroup(id));
    const auto current = *found;
    auto wanted = edit(*current);
    if (!wanted)
        return wanted;
    wanted->id = current->id;
    wanted->createdAt = current->createdAt;
    wanted->updatedAt = transaction.now;
    if (auto checked = check(state, *wanted); !checked)
        return std::unexpected(checked.error());
    if (auto updated = transaction.store.updateGroup(*wanted); !updated)
        return std::unexpected(updated.error());
    *found = std::make_shared<const access::Group>(*wanted);
    if (auto compiled = recompile(transaction); !compiled)
        return std::unexpected(compiled.error());
    return wanted;
}

Result<std::vector<ImportedObject>> importGroups(Transaction& transaction, std::vector<access::Group> wanted)
{
    State& state = transaction.candidate.state;
    std::vector<ImportedObject> imported;
    if (wanted.empty())
        return imported;
    for (auto& group : wanted) {
        if (group.id.isEmpty())
            group.id = {transaction.random.uuid()};
        if (!access::uuidBytes(group.id.value))
            return fail(ErrorCode::invalidArgument, "The id of the group “" + group.name + "” must be a UUID in lower case.");
        if (std::ranges::find(imported, group.id.value, &ImportedObject::id) != imported.end())
            return fail(ErrorCode::invalidArgument, "The group " + group.id.value + " is there twice.");
        const auto found = std::ranges::find(state.groups, group.id, [](const auto& each) { return each->id; });
        const bool isThere = found != state.groups.end();
        // What the file leaves out stays as it is.
        if (group.createdAt == std::chrono::sys_seconds{})
            group.createdAt = isThere ? (*found)->createdAt : transaction.now;
        if (group.updatedAt == std::chrono::sys_seconds{})
            group.updatedAt = isThere ? (*found)->updatedAt : group.createdAt;
        const bool isSame = isThere && **found == group;
        imported.push_back({!isThere ? ImportedObject::How::created : isSame ? ImportedObject::How::unchanged : ImportedObject::How::changed,
                            group.id.value, group.name});
        if (isSame)
            continue;
        if (auto saved = isThere ? transaction.store.updateGroup(group) : transaction.store.insertGroup(group); !saved)
            return std::unexpected(saved.error());
        auto record = std::make_shared<const access::Group>(group);
        if (isThere)
            *found = std::move(record);
        else
            state.groups.push_back(std::move(record));
    }
    for (const auto& group : wanted) {
        if (auto checked = check(state, group); !checked)
            return std::unexpected(checked.error());
    }
    if (auto compiled = recompile(transaction); !compiled)
        return std::unexpected(compiled.error());
    return imported;
}

Result<ImportedObject> importPolicy(Transaction& transaction, access::Policy wanted)
{
    State& state = transaction.candidate.state;
    const auto* there = wanted.id.isEmpty() ? nullptr : state.findPolicy(wanted.id);
    wanted.reusable = true;
    wanted.precedence = 0;
    if (there != nullptr) {
        wanted.createdAt = there->createdAt;
        wanted.updatedAt = there->updatedAt;
        if (wanted == *there)
            return ImportedObject{ImportedObject::How::unchanged, wanted.id.value, wanted.name};
        const auto id = wanted.id;
        auto edited = editPolicy(transaction, id, [wanted = std::move(wanted)](const access::Policy&) -> Result<access::Policy> { return wanted; });
        if (!edited)
            return std::unexpected(edited.error());
        return ImportedObject{ImportedObject::How::changed, id.value, edited->policy.name};
    }
    if (wanted.id.isEmpty())
        wanted.id = {transaction.random.uuid()};
    if (!access::uuidBytes(wanted.id.value))
        return fail(ErrorCode::invalidArgument, "its id must be a UUID in lower case");
    if (wanted.createdAt == std::chrono::sys_seconds{})
        wanted.createdAt = transaction.now;
    if (wanted.updatedAt == std::chrono::sys_seconds{})
        wanted.updatedAt = wanted.createdAt;
    if (auto checked = check(state, wanted); !checked)
        return std::unexpected(checked.error());
    if (auto inserted = transaction.store.insertPolicy(wanted); !inserted)
        return std::unexpected(inserted.error());
    ImportedObject imported{ImportedObject::How::created, wanted.id.value, wanted.name};
    state.policies.push_back(std::make_shared<const access::Policy>(std::move(wanted)));
    return imported;
}

Result<access::Group> deleteGroup(Transaction& transaction, const access::GroupId& id)
{
    State& state = transaction.candidate.state;
    const auto found = std::ranges::find(state.groups, id, [](const auto& each) { return each->id; });
    if (found == state.groups.end())
        return std::unexpected(noSuchGroup(id));
    const auto current = *found;
    if (const auto user = userOf(state, id); !user.empty())
        return fail(ErrorCode::conflict, "The group “" + current->name + "” is used by " + user + "; take it out there first.");
    if (auto deleted = transaction.store.deleteGroup(id); !deleted)
        return std::unexpected(deleted.error());
    state.groups.erase(found);
    if (auto compiled = state.compileGroups(); !compiled)
        return std::unexpected(compiled.error());
    return *current;
}

} // namespace latchkey::control
