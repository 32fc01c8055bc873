// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "CompiledApplication.h"

#include <algorithm>
#include <array>

namespace latchkey::access {

namespace {

enum class Kind : std::uint8_t { serviceToken, anyToken, everyone, ip, never };

/// A rule in the form the evaluator reads.
struct CompiledRule {
    Kind kind = Kind::never;
    std::array<std::uint8_t, 16> tokenId{};
    std::optional<IpNetwork> network;
    std::string description;

    [[nodiscard]] bool matches(const Subject& subject) const
    {
        switch (kind) {
        case Kind::serviceToken: return subject.token != nullptr && subject.token->id == tokenId;
        case Kind::anyToken: return subject.token != nullptr;
        case Kind::everyone: return true;
        case Kind::ip: return network->contains(subject.peer);
        case Kind::never: return false;
        }
        return false;
    }
};

CompiledRule compileRule(const Rule& rule)
{
    CompiledRule compiled;
    compiled.description = describe(rule);
    if (const auto* token = std::get_if<ServiceTokenRule>(&rule)) {
        // An id that is no UUID can be stored, and never matches; nor does the nil UUID, which stands for such an id.
        if (const auto bytes = uuidBytes(token->tokenId.value); bytes && *bytes != std::array<std::uint8_t, 16>{}) {
            compiled.kind = Kind::serviceToken;
            compiled.tokenId = *bytes;
        }
    } else if (std::holds_alternative<AnyValidServiceTokenRule>(rule)) {
        compiled.kind = Kind::anyToken;
    } else if (std::holds_alternative<EveryoneRule>(rule)) {
        compiled.kind = Kind::everyone;
    } else if (const auto* ip = std::get_if<IpRule>(&rule)) {
        compiled.kind = Kind::ip;
        compiled.network = ip->network;
    }
    // What is left asks for a client certificate or an identity, and a request at this edge has neither.
    return compiled;
}

std::vector<CompiledRule> compileRules(const std::vector<Rule>& rules)
{
    std::vector<CompiledRule> compiled;
    compiled.reserve(rules.size());
    for (const Rule& rule : rules)
        compiled.push_back(compileRule(rule));
    return compiled;
}

const CompiledRule* firstMatch(const std::vector<CompiledRule>& rules, const Subject& subject)
{
    const auto found = std::ranges::find_if(rules, [&](const CompiledRule& rule) { return rule.matches(subject); });
    return found != rules.end() ? &*found : nullptr;
}

const CompiledRule* firstMiss(const std::vector<CompiledRule>& rules, const Subject& subject)
{
    const auto found = std::ranges::find_if(rules, [&](const CompiledRule& rule) { return !rule.matches(subject); });
    return found != rules.end() ? &*found : nullptr;
}

constexpr std::chrono::seconds longestSession = std::chrono::hours(24 * 365 * 100);

std::chrono::seconds sessionLength(const Duration& duration)
{
    const auto length = duration.length();
    if (!length)
        return longestSession;
    return std::clamp(std::chrono::ceil<std::chrono::seconds>(*length), std::chrono::seconds(1), longestSession);
}

struct CompiledPolicy {
    std::string id;
    std::string name;
    PolicyDecision decision = PolicyDecision::deny;
    int precedence = 0;
    std::chrono::seconds session{};
    std::vector<CompiledRule> include, require, exclude;
};

/// How near a policy that did not match came; the nearest is what a refusal names.
enum class Nearness { none, allowNotServiceAuth, requirement, excluded };

/// What one policy says to a subject.
struct Verdict {
    bool matches = false;
    Nearness nearness = Nearness::none;
    const CompiledRule* rule = nullptr;
};

Verdict judge(const CompiledPolicy& policy, const Subject& subject)
{
    const CompiledRule* included = firstMatch(policy.include, subject);
    if (included == nullptr)
        return {};
    if (const CompiledRule* excluded = firstMatch(policy.exclude, subject))
        return {false, Nearness::excluded, excluded};
    if (const CompiledRule* missed = firstMiss(policy.require, subject))
        return {false, Nearness::requirement, missed};
    return {true, Nearness::none, included};
}

std::optional<int> repeatedPrecedence(const std::vector<Policy>& policies)
{
    std::vector<int> precedences;
    precedences.reserve(policies.size());
    for (const Policy& policy : policies)
        precedences.push_back(policy.precedence);
    std::ranges::sort(precedences);
    const auto twice = std::ranges::adjacent_find(precedences);
    return twice != precedences.end() ? std::optional(*twice) : std::nullopt;
}

bool isFirstRound(PolicyDecision decision)
{
    return decision == PolicyDecision::bypass || decision == PolicyDecision::nonIdentity;
}

} // namespace

struct CompiledApplication::Impl {
    ApplicationId id;
    Audience audience;
    std::string name;
    HostAndPath hostAndPath;
    std::string upstream;
    std::optional<std::uint16_t> port;
    std::uint64_t sessionEpoch = 0;
    std::vector<CompiledPolicy> policies;   ///< Bypass and Service Auth first, then Allow and Block, each by precedence.
};

CompiledApplication::CompiledApplication(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

CompiledApplication::~CompiledApplication() = default;

Result<std::shared_ptr<const CompiledApplication>> CompiledApplication::compile(const Application& application)
{
    auto impl = std::make_unique<Impl>();
    impl->id = application.id;
    impl->audience = application.audience;
    impl->name = application.name;
    if (!application.domain.empty()) {
        auto parts = splitDomain(application.domain);
        if (!parts)
            return std::unexpected(parts.error());
        impl->hostAndPath = std::move(*parts);
    }
    impl->upstream = application.upstream;
    impl->port = application.port;
    impl->sessionEpoch = application.sessionEpoch;
    if (const auto twice = repeatedPrecedence(application.policies))
        return fail(ErrorCode::invalidArgument, "Two policies have precedence " + std::to_string(*twice) + "; each must have its own.");
    impl->policies.reserve(application.policies.size());
    for (const Policy& policy : application.policies) {
        impl->policies.push_back({policy.id.value, policy.name, policy.decision, policy.precedence,
                                  sessionLength(policy.sessionDuration.value_or(application.sessionDuration)),
                                  compileRules(policy.include), compileRules(policy.require), compileRules(policy.exclude)});
    }
    std::ranges::sort(impl->policies, [](const CompiledPolicy& left, const CompiledPolicy& right) {
        return std::pair(!isFirstRound(left.decision), left.precedence) < std::pair(!isFirstRound(right.decision), right.precedence);
    });
    return std::make_shared<const CompiledApplication>(std::move(impl));
}

Decision CompiledApplication::decide(const Subject& subject, [[maybe_unused]] std::chrono::sys_seconds now) const
{
    Decision nearest;
    nearest.outcome = subject.token != nullptr ? Outcome::forbidden : Outcome::unauthenticated;
    nearest.reason = subject.token != nullptr ? Reason::noMatchingPolicy : Reason::missingCredentials;
    Nearness nearness = Nearness::none;
    const auto comesNearer = [&](Nearness how, Reason reason, const CompiledPolicy& policy, const CompiledRule* rule) {
        if (subject.token == nullptr || how <= nearness)
            return;
        nearness = how;
        nearest.reason = reason;
        nearest.policyId = policy.id;
        nearest.policyName = policy.name;
        nearest.rule = rule->description;
    };

    for (const CompiledPolicy& policy : m_impl->policies) {
        // Service Auth is about tokens: without one its rules let nobody in, whatever they say (our choice).
        if (policy.decision == PolicyDecision::nonIdentity && subject.token == nullptr)
            continue;
        const Verdict verdict = judge(policy, subject);
        if (verdict.matches) {
            Decision decision{Outcome::allow, Reason::allowed, policy.id, policy.name, verdict.rule->description, policy.session};
            switch (policy.decision) {
            case PolicyDecision::nonIdentity: return decision;
            case PolicyDecision::bypass:
                decision.outcome = Outcome::bypass;
                decision.reason = Reason::bypassed;
                return decision;
            case PolicyDecision::deny:
                // A request without credentials is asked for them first: 401 is what a client can act on.
                if (subject.token == nullptr)
                    continue;
                decision.outcome = Outcome::forbidden;
                decision.reason = Reason::deniedByPolicy;
                decision.session = {};
                return decision;
            case PolicyDecision::allow:
                // In strict mode Allow never counts for a service token: the classic mistake, worth naming.
                comesNearer(Nearness::allowNotServiceAuth, Reason::matchedAllowNotServiceAuth, policy, verdict.rule);
                continue;
            }
        }
        if (policy.decision != PolicyDecision::nonIdentity && policy.decision != PolicyDecision::bypass)
            continue;
        if (verdict.nearness == Nearness::excluded)
            comesNearer(Nearness::excluded, Reason::excludedByPolicy, policy, verdict.rule);
        else if (verdict.nearness == Nearness::requirement)
            comesNearer(Nearness::requirement, Reason::requirementNotMet, policy, verdict.rule);
    }
    return nearest;
}

const ApplicationId& CompiledApplication::id() const
{
    return m_impl->id;
}

const Audience& CompiledApplication::audience() const
{
    return m_impl->audience;
}

const std::string& CompiledApplication::name() const
{
    return m_impl->name;
}

const HostAndPath& CompiledApplication::hostAndPath() const
{
    return m_impl->hostAndPath;
}

const std::string& CompiledApplication::upstream() const
{
    return m_impl->upstream;
}

std::optional<std::uint16_t> CompiledApplication::port() const
{
    return m_impl->port;
}

std::uint64_t CompiledApplication::sessionEpoch() const
{
    return m_impl->sessionEpoch;
}

} // namespace latchkey::access
