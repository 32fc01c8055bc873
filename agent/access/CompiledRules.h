// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Decision.h"
#include "Group.h"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace latchkey::access {

struct CompiledGroup;

/// A rule in the form the evaluator reads: ids in binary, networks as bytes, texts in lower case, described once.
struct CompiledRule {
    enum class Kind : std::uint8_t {
        serviceToken, anyToken, everyone, ip, certificate, commonName, country, group, email, emailEnding, loginMethod,
        never,         ///< Of an emulated kind, but of what does not exist.
        notEmulated,
    };

    Kind kind = Kind::never;
    std::array<std::uint8_t, 16> tokenId{};
    std::optional<IpNetwork> network;
    std::string text;
    std::shared_ptr<const CompiledGroup> group;
    std::string description;

    [[nodiscard]] bool matches(const Subject& subject) const;
    /// Whether somebody who logged in, with no token, may match it. A kind that is not emulated is one of identity.
    [[nodiscard]] bool canMatchIdentity() const;
};

/// Include, require and exclude.
struct CompiledRules {
    std::vector<CompiledRule> include, require, exclude;

    enum class Verdict { matches, notIncluded, excluded, requirementNotMet };
    struct Judgement {
        Verdict verdict = Verdict::notIncluded;
        const CompiledRule* rule = nullptr;   ///< The rule that decided; null: none of `include` matched.
    };
    /// Exclude is looked at before require, so that is what a refusal names.
    [[nodiscard]] Judgement judge(const Subject& subject) const;
    [[nodiscard]] bool canMatchIdentity() const;
};

struct CompiledGroup {
    GroupId id;
    std::string name;
    CompiledRules rules;
    int rulesInAll = 0;   ///< With those of the groups it uses, as often as it uses them.
    int depth = 1;        ///< 1: uses no other group.

    [[nodiscard]] bool matches(const Subject& subject) const;
};

/// The account's groups, compiled once for all policies that use them.
class CompiledGroups {
public:
    /// Refuses groups that use themselves, directly or through others, or nest deeper or hold more rules than a request
    /// should have to pass. A group that is not there can be named, and never matches.
    [[nodiscard]] static Result<CompiledGroups> compile(std::span<const Group> groups);
    [[nodiscard]] std::shared_ptr<const CompiledGroup> find(const GroupId& id) const;   ///< Null: there is none.

private:
    std::map<GroupId, std::shared_ptr<const CompiledGroup>> m_groups;
};

/// `rules` of a policy.
[[nodiscard]] std::vector<CompiledRule> compileRules(const std::vector<Rule>& rules, const CompiledGroups& groups);

} // namespace latchkey::access
