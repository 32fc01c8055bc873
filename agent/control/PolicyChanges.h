// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Commands.h"
#include "Transaction.h"

#include <span>

namespace latchkey::control {

// The life of reusable policies and of groups, each step inside a transaction. A change reaches every application that uses
// what is changed, or none: one that would not compile afterwards refuses it.

[[nodiscard]] Result<access::Policy> createPolicy(Transaction& transaction, access::Policy wanted);
[[nodiscard]] Result<ReusablePolicy> editPolicy(Transaction& transaction, const access::PolicyId& id, PolicyEdit edit);
/// Refused (conflict) while an application uses it, as at Cloudflare: take it out of its applications first.
[[nodiscard]] Result<access::Policy> deletePolicy(Transaction& transaction, const access::PolicyId& id);

[[nodiscard]] Result<access::Group> createGroup(Transaction& transaction, access::Group wanted);
[[nodiscard]] Result<access::Group> editGroup(Transaction& transaction, const access::GroupId& id, GroupEdit edit);
/// Refused (conflict) while a policy or another group names it.
[[nodiscard]] Result<access::Group> deleteGroup(Transaction& transaction, const access::GroupId& id);

/// What an import makes of a reusable policy or a group.
struct ImportedObject {
    enum class How { created, changed, unchanged };
    How how = How::unchanged;
    std::string id;
    std::string name;
};
/// All at once, as they may name each other. Ids are kept; one without an id is new.
[[nodiscard]] Result<std::vector<ImportedObject>> importGroups(Transaction& transaction, std::vector<access::Group> wanted);
[[nodiscard]] Result<ImportedObject> importPolicy(Transaction& transaction, access::Policy wanted);

/// Gives the policies of an application that are reusable ones their content; `before` are those there were. A policy that is
/// only an id and is no reusable policy may be one of `before`.
[[nodiscard]] Result<void> resolveReusable(const State& state, std::vector<access::Policy>& policies, const std::vector<access::Policy>& before);
/// Whether every group that the rules name is there.
[[nodiscard]] Result<void> checkGroups(const State& state, std::span<const std::vector<access::Rule>* const> lists);
[[nodiscard]] Result<void> checkGroups(const State& state, const access::Policy& policy);

/// In how many applications the policy stands.
[[nodiscard]] int applicationsUsing(const State& state, const access::PolicyId& id);

[[nodiscard]] Error noSuchPolicy(const access::PolicyId& id);
[[nodiscard]] Error noSuchGroup(const access::GroupId& id);

} // namespace latchkey::control
