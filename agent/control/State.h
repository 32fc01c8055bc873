// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Application.h"
#include "agent/access/CompiledApplication.h"
#include "agent/access/CompiledRules.h"
#include "agent/access/Group.h"
#include "agent/access/Organization.h"
#include "agent/access/TokenMap.h"
#include "agent/edge/Snapshot.h"
#include "agent/jose/KeyRing.h"
#include "agent/store/Store.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace latchkey::control {

using TokenUuid = std::array<std::uint8_t, 16>;

/// An application as it is stored and as the edge evaluates it.
struct ApplicationState {
    std::shared_ptr<const access::Application> record;
    std::shared_ptr<const access::CompiledApplication> compiled;   ///< Null: it cannot be evaluated, see `problem`.
    std::string problem;                                           ///< Why not; only for what an older version stored.
};

/// What the control plane holds in memory. A value: copies are cheap and share what they do not change, so that a change
/// works on a candidate and the state in force stays untouched until the commit.
struct State {
    access::TokenMap tokens;
    std::vector<ApplicationState> applications;   ///< Oldest first.
    std::vector<std::shared_ptr<const access::Policy>> policies;   ///< The reusable ones, oldest first.
    std::vector<std::shared_ptr<const access::Group>> groups;      ///< Oldest first.
    std::shared_ptr<const access::CompiledGroups> compiledGroups = std::make_shared<const access::CompiledGroups>();   ///< Never null.
    jose::KeyRing keys;
    std::map<std::string, access::Faults> faults; ///< Application id → faults on purpose; never stored.
    std::shared_ptr<const access::Organization> organization = std::make_shared<const access::Organization>();   ///< Never null.

    [[nodiscard]] const ApplicationState* find(const access::ApplicationId& id) const;
    /// Whose port it is; nullptr: nobody's.
    [[nodiscard]] const ApplicationState* findPort(std::uint16_t port) const;

    [[nodiscard]] const access::Policy* findPolicy(const access::PolicyId& id) const;   ///< A reusable one.
    [[nodiscard]] const access::Group* findGroup(const access::GroupId& id) const;

    /// Makes `compiledGroups` of `groups`; applications are the caller's to compile again.
    [[nodiscard]] Result<void> compileGroups();

    void put(ApplicationState application);            ///< Adds or replaces by id.
    void remove(const access::ApplicationId& id);
};

/// The state that a database holds; an application that does not compile is kept with its problem. Tokens get `revision`.
[[nodiscard]] Result<State> loadState(store::Store& store, jose::KeyRing keys, std::uint32_t revision);

/// The host names of the applications, each once; some hold `*`.
[[nodiscard]] std::vector<std::string> hostsOf(const State& state);

/// The snapshot of a state for the edge. `cutOff`: who lost access since the last one.
[[nodiscard]] std::shared_ptr<const edge::Snapshot> makeSnapshot(const State& state, std::uint64_t revision,
                                                                 std::string issuer, std::chrono::sys_seconds now,
                                                                 std::vector<TokenUuid> cutOff);

} // namespace latchkey::control
