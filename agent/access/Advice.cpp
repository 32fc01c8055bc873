// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Advice.h"

#include "agent/base/Rfc3339.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

namespace latchkey::access {

namespace {

using Severity = Finding::Severity;

std::string named(const std::string& name)
{
    return "“" + name + "”";
}

template <typename Object>
Finding::Reference referenceTo(const Object& object)
{
    return {object.id.value, object.name};
}

template <typename Owner>
std::array<const std::vector<Rule>*, 3> ruleListsOf(const Owner& owner)
{
    return {&owner.include, &owner.require, &owner.exclude};
}

/// A rule as a text that equal rules share; empty for what never matches here.
std::string keyOf(const Rule& rule)
{
    if (std::holds_alternative<UnknownRule>(rule))
        return {};
    return std::to_string(rule.index()) + ' ' + describe(rule);
}

/// What groups come to, with those that they name. Each is looked at once.
class Groups {
public:
    struct Facts {
        bool onlyTokens = false;     ///< Nothing but a service token can match it.
        bool everybody = false;      ///< Every request matches it.
        bool unnamedTokens = false;  ///< A token can match it without being named.
    };

    explicit Groups(std::span<const std::shared_ptr<const Group>> groups)
    {
        for (const auto& group : groups)
            m_groups.emplace(group->id, Known{group.get(), {}, false, false});
    }

    /// nullptr: there is none.
    const Group* find(const GroupId& id) const
    {
        const auto found = m_groups.find(id);
        return found != m_groups.end() ? found->second.group : nullptr;
    }

    Facts facts(const GroupId& id)
    {
        const auto found = m_groups.find(id);
        if (found == m_groups.end())
            return {};
        Known& known = found->second;
        if (std::exchange(known.isLookedAt, true))   // also one that would name itself, which cannot be stored
            return known.facts;
        const Group& group = *known.group;
        const Facts facts{
            .onlyTokens = !group.include.empty() && std::ranges::all_of(group.include, [this](const Rule& rule) { return isTokenRule(rule); }),
            .everybody = matchesEverybody(group.include, group.require, group.exclude),
            .unnamedTokens = std::ranges::any_of(group.include, [this](const Rule& rule) { return takesUnnamedTokens(rule); })};
        return known.facts = facts;
    }

    /// Notes what a group names, and those it names, too.
    void use(const GroupId& id, std::unordered_set<TokenId>& tokens)
    {
        std::vector<GroupId> open{id};
        while (!open.empty()) {
            const auto found = m_groups.find(open.back());
            open.pop_back();
            if (found == m_groups.end() || std::exchange(found->second.isUsed, true))
                continue;
            for (const auto* rules : ruleListsOf(*found->second.group)) {
                for (const Rule& rule : *rules) {
                    if (const auto* token = std::get_if<ServiceTokenRule>(&rule))
                        tokens.insert(token->tokenId);
                    else if (const auto* group = std::get_if<GroupRule>(&rule))
                        open.push_back(group->groupId);
                }
            }
        }
    }

    bool isTokenRule(const Rule& rule)
    {
        if (const auto* group = std::get_if<GroupRule>(&rule))
            return facts(group->groupId).onlyTokens;
        return std::holds_alternative<ServiceTokenRule>(rule) || std::holds_alternative<AnyValidServiceTokenRule>(rule);
    }

    /// Every IPv4 address counts as everybody: what the rule keeps out is next to nothing.
    bool isEverybody(const Rule& rule)
    {
        if (const auto* group = std::get_if<GroupRule>(&rule))
            return facts(group->groupId).everybody;
        if (const auto* ip = std::get_if<IpRule>(&rule))
            return ip->network.text() == "0.0.0.0/0";
        return std::holds_alternative<EveryoneRule>(rule);
    }

    bool matchesEverybody(const std::vector<Rule>& include, const std::vector<Rule>& require, const std::vector<Rule>& exclude)
    {
        const auto isEverybodyRule = [this](const Rule& rule) { return isEverybody(rule); };
        return exclude.empty() && std::ranges::any_of(include, isEverybodyRule) && std::ranges::all_of(require, isEverybodyRule);
    }

    bool takesUnnamedTokens(const Rule& rule)
    {
        if (const auto* group = std::get_if<GroupRule>(&rule))
            return facts(group->groupId).unnamedTokens;
        return std::holds_alternative<AnyValidServiceTokenRule>(rule) || std::holds_alternative<EveryoneRule>(rule)
            || std::holds_alternative<IpRule>(rule) || std::holds_alternative<GeoRule>(rule);
    }

private:
    struct Known {
        const Group* group;
        Facts facts;
        bool isLookedAt;
        bool isUsed;
    };
    std::unordered_map<GroupId, Known> m_groups;
};

class Adviser {
public:
    Adviser(const AdviceSubjects& subjects, std::chrono::sys_seconds now)
        : m_subjects(subjects)
        , m_now(now)
        , m_groups(subjects.groups)
    {
        for (const ServiceToken& token : subjects.tokens)
            m_tokens.emplace(token.id, &token);
        for (const auto& application : subjects.applications) {
            for (const Policy& policy : application->policies) {
                if (policy.reusable) {
                    auto& users = m_users[policy.id];
                    users.push_back(application.get());
                }
            }
        }
    }

    std::vector<Finding> run()
    {
        for (const auto& application : m_subjects.applications) {
            lookAtUpstream(*application);
            for (const Policy& policy : application->policies) {
                if (policy.reusable)
                    continue;   // looked at by itself, once
                lookAt(policy, application.get());
            }
            lookForBypass(*application);
        }
        for (const auto& policy : m_subjects.policies) {
            const auto users = m_users.find(policy->id);
            lookAt(*policy, users != m_users.end() && users->second.size() == 1 ? users->second.front() : nullptr);
        }
        for (const auto& group : m_subjects.groups)
            lookForMissing(ruleListsOf(*group), "The group " + named(group->name), [&](Finding& finding) { finding.group = referenceTo(*group); });
        for (const ServiceToken& token : m_subjects.tokens)
            lookAt(token);
        sortAdvice(m_findings);
        return std::move(m_findings);
    }

private:
    Finding& add(std::string_view code, Severity severity, std::string message)
    {
        return m_findings.emplace_back(Finding{std::string(code), severity, std::move(message), {}, {}, {}, {}});
    }

    void lookAtUpstream(const Application& application)
    {
        if (!application.upstream.empty())
            return;
        add(advice::upstreamMissing, Severity::warning,
            "The application " + named(application.name) + " has no upstream, so whoever is let in gets a 502. Give it one: `latchkey.upstream`.")
            .application = referenceTo(application);
    }

    void lookAt(const Policy& policy, const Application* application)
    {
        const auto owned = [&](Finding& finding) {
            finding.policy = referenceTo(policy);
            if (application != nullptr)
                finding.application = referenceTo(*application);
        };
        for (const auto* rules : ruleListsOf(policy)) {
            for (const Rule& rule : *rules) {
                if (const auto* token = std::get_if<ServiceTokenRule>(&rule))
                    m_named.insert(token->tokenId);
                else if (const auto* group = std::get_if<GroupRule>(&rule))
                    m_groups.use(group->groupId, m_named);
            }
        }
        lookForMissing(ruleListsOf(policy), "The policy " + named(policy.name), owned);
        if (policy.decision == PolicyDecision::allow)
            lookForTokens(policy, owned);
        if (policy.decision == PolicyDecision::nonIdentity || policy.decision == PolicyDecision::bypass)
            m_takesUnnamed = m_takesUnnamed || std::ranges::any_of(policy.include, [this](const Rule& rule) { return m_groups.takesUnnamedTokens(rule); });
    }

    template <typename Owned>
    void lookForTokens(const Policy& policy, Owned owned)
    {
        std::unordered_set<std::string> seen;
        for (const auto* rules : {&policy.include, &policy.require}) {
            for (const Rule& rule : *rules) {
                if (!m_groups.isTokenRule(rule) || !seen.insert(keyOf(rule)).second)
                    continue;
                const auto* tokenRule = std::get_if<ServiceTokenRule>(&rule);
                const auto* groupRule = std::get_if<GroupRule>(&rule);
                std::string what = "any valid service token";
                std::optional<Finding::Reference> token, group;
                if (tokenRule != nullptr) {
                    const auto found = m_tokens.find(tokenRule->tokenId);
                    if (found == m_tokens.end())
                        continue;   // it is missing, which is said already
                    token = referenceTo(*found->second);
                    what = "the service token " + named(token->name);
                } else if (groupRule != nullptr) {
                    group = referenceTo(*m_groups.find(groupRule->groupId));
                    what = "the group of service tokens " + named(group->name);
                }
                Finding& finding = add(advice::tokenInAllowPolicy, Severity::error,
                                       "The Allow policy " + named(policy.name) + " names " + what
                                           + ", and Allow is for people: it lets no service token in. Use a policy whose action is Service Auth.");
                finding.token = std::move(token);
                finding.group = std::move(group);
                owned(finding);
            }
        }
    }

    template <typename Owned>
    void lookForMissing(const std::array<const std::vector<Rule>*, 3>& lists, const std::string& who, Owned owned)
    {
        std::unordered_set<TokenId> told;
        for (const auto* rules : lists) {
            for (const Rule& rule : *rules) {
                const auto* token = std::get_if<ServiceTokenRule>(&rule);
                if (token == nullptr || m_tokens.contains(token->tokenId) || !told.insert(token->tokenId).second)
                    continue;
                Finding& finding = add(advice::tokenMissing, Severity::warning,
                                       who + " names the service token " + token->tokenId.value
                                           + ", which does not exist (any more). Take the rule out, or name another token.");
                finding.token = Finding::Reference{token->tokenId.value, {}};
                owned(finding);
            }
        }
    }

    void lookForBypass(const Application& application)
    {
        std::vector<const Policy*> order;
        for (const Policy& policy : application.policies) {
            if (policy.decision == PolicyDecision::bypass || policy.decision == PolicyDecision::nonIdentity)
                order.push_back(&policy);
        }
        std::ranges::sort(order, {}, &Policy::precedence);
        // Whoever Service Auth turns away comes to a Bypass for everybody, wherever it stands.
        const auto open = std::ranges::find_if(order, [this](const Policy* policy) {
            return policy->decision == PolicyDecision::bypass && m_groups.matchesEverybody(policy->include, policy->require, policy->exclude);
        });
        const Policy* const openPolicy = open != order.end() ? *open : nullptr;
        // One for some hides only what stands below it: rule → the policy.
        std::unordered_map<std::string, const Policy*> bypassed;
        const Policy* anyToken = nullptr;
        for (const Policy* policy : order) {
            if (policy->decision == PolicyDecision::bypass) {
                if (!policy->exclude.empty() || !std::ranges::all_of(policy->require, [this](const Rule& rule) { return m_groups.isEverybody(rule); }))
                    continue;
                for (const Rule& rule : policy->include) {
                    bypassed.emplace(keyOf(rule), policy);
                    if (anyToken == nullptr && std::holds_alternative<AnyValidServiceTokenRule>(rule))
                        anyToken = policy;
                }
                continue;
            }
            const Policy* hiding = openPolicy;
            if (hiding == nullptr)
                hiding = hides(*policy, bypassed, anyToken);
            if (hiding == nullptr)
                continue;
            const std::string effect = hiding == openPolicy ? " lets everybody in without a service token, so the Service Auth policy "
                                                            : " lets in first, without a JWT, whom the Service Auth policy ";
            const std::string end = hiding == openPolicy ? " protects nothing. Remove the Bypass policy, or give it fewer rules."
                                                         : " is about. Put the Service Auth policy first, or remove one of the two.";
            Finding& finding = add(advice::bypassOverServiceAuth, Severity::error,
                                   "In the application " + named(application.name) + " the Bypass policy " + named(hiding->name) + effect
                                       + named(policy->name) + end);
            finding.application = referenceTo(application);
            finding.policy = referenceTo(*hiding);
        }
    }

    /// The Bypass policy that takes all that `policy` would; the last of them, if it takes several.
    const Policy* hides(const Policy& policy, const std::unordered_map<std::string, const Policy*>& bypassed, const Policy* anyToken)
    {
        const Policy* hiding = nullptr;
        for (const Rule& rule : policy.include) {
            const auto found = bypassed.find(keyOf(rule));
            const bool isToken = std::holds_alternative<ServiceTokenRule>(rule);
            if (found != bypassed.end() && !found->first.empty())
                hiding = found->second;
            else if (isToken && anyToken != nullptr)
                hiding = anyToken;
            else
                return nullptr;
        }
        return hiding;
    }

    void lookAt(const ServiceToken& token)
    {
        const TokenState state = stateAt(token, m_now);
        if (state == TokenState::disabled)
            return;
        const auto about = [&](std::string_view code, Severity severity, const std::string& rest) {
            add(code, severity, "The service token " + named(token.name) + rest).token = referenceTo(token);
        };
        if (state == TokenState::expired) {
            about(advice::tokenExpired, Severity::error,
                  " expired on " + dayOf(*token.expiresAt) + ", and every request with it is refused. Refresh it if it is needed, or delete it.");
        } else if (state == TokenState::expiresSoon) {
            const auto days = std::chrono::floor<std::chrono::days>(*token.expiresAt - m_now).count();
            const std::string when = days == 0 ? "within a day" : days == 1 ? "in 1 day" : "in " + std::to_string(days) + " days";
            about(advice::tokenExpiresSoon, Severity::warning, " expires " + when + ", on " + dayOf(*token.expiresAt) + ". Refresh it before.");
        }
        if (!m_named.contains(token.id) && !m_takesUnnamed)
            about(advice::tokenUnused, Severity::warning, " is named by no policy, so it opens nothing. Name it in a Service Auth policy, or delete it.");
        if (state != TokenState::expired && !token.lastSeenAt && token.createdAt + advice::unusedAfter <= m_now)
            about(advice::tokenNeverUsed, Severity::info,
                  " has never been used since it was made on " + dayOf(token.createdAt) + ". Put it into service, or delete it.");
    }

    static std::string dayOf(std::chrono::sys_seconds time) { return base::formatRfc3339(time).substr(0, 10); }

    const AdviceSubjects& m_subjects;
    const std::chrono::sys_seconds m_now;
    Groups m_groups;
    std::unordered_map<TokenId, const ServiceToken*> m_tokens;
    std::unordered_map<PolicyId, std::vector<const Application*>> m_users;   ///< Of reusable policies.
    std::unordered_set<TokenId> m_named;
    bool m_takesUnnamed = false;
    std::vector<Finding> m_findings;
};

} // namespace

std::string_view code(Finding::Severity severity)
{
    switch (severity) {
    case Severity::error: return "error";
    case Severity::warning: return "warning";
    case Severity::info: return "info";
    }
    return "warning";
}

std::optional<Finding::Severity> severityFrom(std::string_view text)
{
    for (const Severity severity : {Severity::error, Severity::warning, Severity::info}) {
        if (code(severity) == text)
            return severity;
    }
    return std::nullopt;
}

std::vector<Finding> findAdvice(const AdviceSubjects& subjects, std::chrono::sys_seconds now)
{
    return Adviser(subjects, now).run();
}

void sortAdvice(std::vector<Finding>& findings)
{
    std::ranges::stable_sort(findings, [](const Finding& left, const Finding& right) {
        return std::tie(left.severity, left.code) < std::tie(right.severity, right.code);
    });
}

} // namespace latchkey::access
