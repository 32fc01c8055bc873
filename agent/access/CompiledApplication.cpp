// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "CompiledApplication.h"

#include <algorithm>

namespace latchkey::access {

namespace {

constexpr std::chrono::seconds longestSession = std::chrono::hours(24 * 365 * 100);

std::chrono::seconds sessionLength(const Duration& duration)
{
    const auto length = duration.length();
    if (!length)
        return longestSession;
    return std::clamp(std::chrono::ceil<std::chrono::seconds>(*length), std::chrono::seconds(1), longestSession);
}

} // namespace

struct CompiledPolicy {
    std::string id;
    std::string name;
    PolicyDecision decision = PolicyDecision::deny;
    int precedence = 0;
    std::chrono::seconds session{};
    CompiledRules rules;
};

namespace {

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

using Verdict = PolicyTrace::Verdict;

/// How near a policy that did not match came; the nearest is what a refusal names.
enum class Nearness { none, allowNotServiceAuth, requirement, excluded };

/// One question, put to the policies of an application in turn.
class Question {
public:
    Question(const Subject& subject, Mode mode, bool hasIdentityPolicy)
        : m_subject(subject)
    {
        const bool failed = subject.token == nullptr && subject.refused != Reason::allowed;
        // In strict mode a request with a token's credentials is the token's alone.
        if (!hasIdentityPolicy || (mode == Mode::strict && (subject.token != nullptr || failed)))
            m_subject.identity = nullptr;
        m_machine = m_subject;
        m_machine.identity = nullptr;
        m_person = m_subject;
        m_person.token = nullptr;
        m_mayUseServiceAuth = subject.token != nullptr || (subject.hasCertificate && !failed);
        if (subject.token != nullptr || m_subject.identity != nullptr || (m_mayUseServiceAuth && !hasIdentityPolicy))
            m_answer = {Outcome::forbidden, Reason::noMatchingPolicy, {}, {}, {}, {}, Principal::none};
        else
            m_answer = {Outcome::unauthenticated, failed ? subject.refused : Reason::missingCredentials, {}, {}, {}, {}, Principal::none};
    }

    /// What the policy says; after `decided` answer() is the decision, and no further policy counts.
    Verdict ask(const CompiledPolicy& policy)
    {
        switch (policy.decision) {
        case PolicyDecision::bypass: return decideIf(policy, m_machine, Outcome::bypass, Reason::bypassed, Principal::none);
        case PolicyDecision::nonIdentity:
            // Service Auth is about tokens and certificates: without one its rules let nobody in, whatever they say (our choice).
            if (!m_mayUseServiceAuth)
                return Verdict::notApplicable;
            return decideIf(policy, m_machine, Outcome::allow, Reason::allowed,
                            m_subject.token != nullptr ? Principal::token : Principal::certificate);
        case PolicyDecision::allow: return askAllow(policy);
        case PolicyDecision::deny:
            // A request without credentials is asked for them first: 401 or the login page is what a client can act on.
            if (!isRefusable())
                return Verdict::notApplicable;
            return decideIf(policy, m_subject, Outcome::forbidden, Reason::deniedByPolicy, Principal::none);
        }
        return Verdict::notApplicable;
    }

    /// What a policy's rules were asked of.
    const Subject& seenBy(const CompiledPolicy& policy) const
    {
        switch (policy.decision) {
        case PolicyDecision::bypass:
        case PolicyDecision::nonIdentity: return m_machine;
        case PolicyDecision::allow: return m_subject.identity != nullptr ? m_person : m_subject;
        case PolicyDecision::deny: break;
        }
        return m_subject;
    }

    const Decision& answer() const { return m_answer; }

private:
    bool isRefusable() const { return m_answer.outcome == Outcome::forbidden; }

    Verdict askAllow(const CompiledPolicy& policy)
    {
        if (m_subject.identity != nullptr)
            return decideIf(policy, m_person, Outcome::allow, Reason::allowed, Principal::identity);
        if (m_subject.token == nullptr)
            return Verdict::notApplicable;
        const auto judged = policy.rules.judge(m_subject);
        if (judged.verdict != CompiledRules::Verdict::matches)
            return verdictOf(judged.verdict);
        // The classic mistake, worth naming.
        comesNear(Nearness::allowNotServiceAuth, Reason::matchedAllowNotServiceAuth, policy, *judged.rule);
        return Verdict::matchedInVain;
    }

    Verdict decideIf(const CompiledPolicy& policy, const Subject& subject, Outcome outcome, Reason reason, Principal principal)
    {
        const auto judged = policy.rules.judge(subject);
        if (judged.verdict == CompiledRules::Verdict::matches) {
            m_answer = {outcome, reason, policy.id, policy.name, judged.rule->description,
                        outcome == Outcome::forbidden ? std::chrono::seconds() : policy.session, principal};
            return Verdict::decided;
        }
        // That a Block policy does not match is no miss.
        if (policy.decision != PolicyDecision::deny) {
            if (judged.verdict == CompiledRules::Verdict::excluded)
                comesNear(Nearness::excluded, Reason::excludedByPolicy, policy, *judged.rule);
            else if (judged.verdict == CompiledRules::Verdict::requirementNotMet)
                comesNear(Nearness::requirement, Reason::requirementNotMet, policy, *judged.rule);
        }
        return verdictOf(judged.verdict);
    }

    static Verdict verdictOf(CompiledRules::Verdict verdict)
    {
        switch (verdict) {
        case CompiledRules::Verdict::matches: return Verdict::decided;
        case CompiledRules::Verdict::excluded: return Verdict::excluded;
        case CompiledRules::Verdict::requirementNotMet: return Verdict::requirementNotMet;
        case CompiledRules::Verdict::notIncluded: break;
        }
        return Verdict::notIncluded;
    }

    void comesNear(Nearness how, Reason reason, const CompiledPolicy& policy, const CompiledRule& rule)
    {
        if (!isRefusable() || how <= m_nearness)
            return;
        m_nearness = how;
        m_answer.reason = reason;
        m_answer.policyId = policy.id;
        m_answer.policyName = policy.name;
        m_answer.rule = rule.description;
    }

    // Bypass and Service Auth are not about who logged in, and what a person's requests carry beside the login does not speak
    // for them at Allow. Block may be about either.
    Subject m_subject, m_machine, m_person;
    bool m_mayUseServiceAuth = false;
    Decision m_answer;
    Nearness m_nearness = Nearness::none;
};

void traceRules(PolicyTrace& trace, RuleTrace::Part part, const std::vector<CompiledRule>& rules, const Subject& subject)
{
    for (const CompiledRule& rule : rules)
        trace.rules.push_back({part, rule.description, rule.matches(subject), rule.kind != CompiledRule::Kind::notEmulated});
}

} // namespace

struct CompiledApplication::Impl {
    ApplicationId id;
    Audience audience;
    std::string name;
    std::vector<HostAndPath> places;
    HostAndPath hostAndPath;                ///< The first of them.
    ApplicationOptions options;
    std::optional<std::chrono::sys_seconds> sessionsRevokedAt;
    std::string upstream;
    std::optional<std::uint16_t> port;
    std::uint64_t sessionEpoch = 0;
    bool hasIdentityPolicy = false;
    std::vector<CompiledPolicy> policies;   ///< Bypass and Service Auth first, then Allow and Block, each by precedence.
};

CompiledApplication::CompiledApplication(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl))
{
}

CompiledApplication::~CompiledApplication() = default;

Result<std::shared_ptr<const CompiledApplication>> CompiledApplication::compile(const Application& application,
                                                                                    const CompiledGroups& groups)
{
    auto impl = std::make_unique<Impl>();
    impl->id = application.id;
    impl->audience = application.audience;
    impl->name = application.name;
    auto places = placesOf(application);
    if (!places)
        return std::unexpected(places.error());
    if (const auto checked = check(application.options); !checked)
        return std::unexpected(checked.error());
    if (!places->empty())
        impl->hostAndPath = places->front();
    impl->places = std::move(*places);
    impl->options = application.options;
    impl->sessionsRevokedAt = application.sessionsRevokedAt;
    impl->upstream = application.upstream;
    impl->port = application.port;
    impl->sessionEpoch = application.sessionEpoch;
    if (const auto twice = repeatedPrecedence(application.policies))
        return fail(ErrorCode::invalidArgument, "Two policies have precedence " + std::to_string(*twice) + "; each must have its own.");
    impl->policies.reserve(application.policies.size());
    for (const Policy& policy : application.policies) {
        impl->policies.push_back({policy.id.value, policy.name, policy.decision, policy.precedence,
                                  sessionLength(policy.sessionDuration.value_or(application.sessionDuration)),
                                  {compileRules(policy.include, groups), compileRules(policy.require, groups),
                                   compileRules(policy.exclude, groups)}});
    }
    impl->hasIdentityPolicy = std::ranges::any_of(impl->policies, [](const CompiledPolicy& policy) {
        return policy.decision == PolicyDecision::allow && policy.rules.canMatchIdentity();
    });
    std::ranges::sort(impl->policies, [](const CompiledPolicy& left, const CompiledPolicy& right) {
        return std::pair(!isFirstRound(left.decision), left.precedence) < std::pair(!isFirstRound(right.decision), right.precedence);
    });
    return std::make_shared<const CompiledApplication>(std::move(impl));
}

Decision CompiledApplication::decide(const Subject& subject, Mode mode, [[maybe_unused]] std::chrono::sys_seconds now) const
{
    Question question(subject, mode, m_impl->hasIdentityPolicy);
    for (const CompiledPolicy& policy : m_impl->policies) {
        if (question.ask(policy) == Verdict::decided)
            break;
    }
    return question.answer();
}

Trace CompiledApplication::explain(const Subject& subject, Mode mode, [[maybe_unused]] std::chrono::sys_seconds now) const
{
    Question question(subject, mode, m_impl->hasIdentityPolicy);
    Trace trace;
    trace.policies.reserve(m_impl->policies.size());
    bool decided = false;
    for (const CompiledPolicy& policy : m_impl->policies) {
        PolicyTrace& next = trace.policies.emplace_back(PolicyTrace{policy.id, policy.name, policy.decision, policy.precedence, Verdict::notReached, {}});
        if (!decided)
            next.verdict = question.ask(policy);
        decided = decided || next.verdict == Verdict::decided;
        traceRules(next, RuleTrace::Part::include, policy.rules.include, question.seenBy(policy));
        traceRules(next, RuleTrace::Part::require, policy.rules.require, question.seenBy(policy));
        traceRules(next, RuleTrace::Part::exclude, policy.rules.exclude, question.seenBy(policy));
    }
    trace.decision = question.answer();
    return trace;
}

bool CompiledApplication::hasIdentityPolicy() const
{
    return m_impl->hasIdentityPolicy;
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

const std::vector<HostAndPath>& CompiledApplication::places() const
{
    return m_impl->places;
}

const ApplicationOptions& CompiledApplication::options() const
{
    return m_impl->options;
}

std::optional<std::chrono::sys_seconds> CompiledApplication::sessionsRevokedAt() const
{
    return m_impl->sessionsRevokedAt;
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
