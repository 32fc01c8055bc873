// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "CompiledRules.h"

#include "agent/base/Encoding.h"

#include <algorithm>

namespace latchkey::access {

namespace {

constexpr int deepestNesting = 16;
constexpr int mostRules = 10'000;

/// `lowered` is in lower case already.
bool endsWithIgnoringCase(std::string_view text, std::string_view lowered)
{
    return text.size() > lowered.size() && base::equalsIgnoreCaseAscii(text.substr(text.size() - lowered.size()), lowered);
}

std::string_view countryOf(const Subject& subject)
{
    if (!subject.country.empty() || subject.identity == nullptr)
        return subject.country;
    return subject.identity->country;
}

struct Compiler {
    const CompiledGroups& groups;
    CompiledRule& compiled;

    using Kind = CompiledRule::Kind;

    void text(Kind kind, std::string_view value) const
    {
        // A text that says nothing must not mean everybody.
        if (value.empty())
            return;
        compiled.kind = kind;
        compiled.text = base::toLowerAscii(value);
    }

    void operator()(const ServiceTokenRule& rule) const
    {
        // An id that is no UUID can be stored, and never matches; nor does the nil UUID, which stands for such an id.
        if (const auto bytes = uuidBytes(rule.tokenId.value); bytes && *bytes != std::array<std::uint8_t, 16>{}) {
            compiled.kind = Kind::serviceToken;
            compiled.tokenId = *bytes;
        }
    }
    void operator()(const AnyValidServiceTokenRule&) const { compiled.kind = Kind::anyToken; }
    void operator()(const EveryoneRule&) const { compiled.kind = Kind::everyone; }
    void operator()(const IpRule& rule) const
    {
        compiled.kind = Kind::ip;
        compiled.network = rule.network;
    }
    void operator()(const CertificateRule&) const { compiled.kind = Kind::certificate; }
    void operator()(const CommonNameRule& rule) const
    {
        if (rule.commonName.empty())
            return;
        compiled.kind = Kind::commonName;
        compiled.text = rule.commonName;
    }
    void operator()(const GeoRule& rule) const { text(Kind::country, rule.countryCode); }
    void operator()(const GroupRule& rule) const
    {
        compiled.group = groups.find(rule.groupId);
        if (compiled.group == nullptr) {
            compiled.description += " (there is no such group)";
            return;
        }
        compiled.kind = Kind::group;
        compiled.description = "group " + compiled.group->name;
    }
    void operator()(const EmailRule& rule) const { text(Kind::email, rule.email); }
    void operator()(const EmailDomainRule& rule) const
    {
        if (rule.domain.empty())
            return;
        const bool isDomain = rule.domain.find('@') == std::string::npos;
        text(Kind::emailEnding, isDomain ? '@' + rule.domain : rule.domain);
    }
    void operator()(const LoginMethodRule& rule) const { text(Kind::loginMethod, rule.id); }
    void operator()(const UnknownRule&) const { compiled.kind = Kind::notEmulated; }
};

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

/// The groups that a group names.
std::vector<GroupId> groupsNamedBy(const Group& group)
{
    std::vector<GroupId> named;
    for (const auto* rules : {&group.include, &group.require, &group.exclude}) {
        for (const Rule& rule : *rules) {
            if (const auto* other = std::get_if<GroupRule>(&rule))
                named.push_back(other->groupId);
        }
    }
    return named;
}

/// Visits groups so that each comes after those it names.
class Ordering {
public:
    explicit Ordering(std::span<const Group> groups)
    {
        for (const Group& group : groups)
            m_groups.emplace(group.id, Visit{&group, State::unseen});
    }

    Result<std::vector<const Group*>> run()
    {
        for (auto& [id, visit] : m_groups) {
            if (auto visited = go(visit, 1); !visited)
                return std::unexpected(visited.error());
        }
        return std::move(m_order);
    }

private:
    enum class State { unseen, open, done };
    struct Visit {
        const Group* group;
        State state;
    };

    Result<void> go(Visit& visit, int depth)
    {
        if (visit.state == State::done)
            return {};
        if (visit.state == State::open)
            return fail(ErrorCode::invalidArgument, "The group “" + visit.group->name + "” would include itself, directly or through other groups.");
        if (depth > deepestNesting)
            return tooDeep();
        visit.state = State::open;
        for (const GroupId& id : groupsNamedBy(*visit.group)) {
            const auto found = m_groups.find(id);
            if (found == m_groups.end())
                continue;
            if (auto visited = go(found->second, depth + 1); !visited)
                return visited;
        }
        visit.state = State::done;
        m_order.push_back(visit.group);
        return {};
    }

public:
    static std::unexpected<Error> tooDeep()
    {
        return fail(ErrorCode::invalidArgument, "Groups may name other groups at most " + std::to_string(deepestNesting) + " levels deep.");
    }

private:
    std::map<GroupId, Visit> m_groups;
    std::vector<const Group*> m_order;
};

} // namespace

bool CompiledRule::matches(const Subject& subject) const
{
    switch (kind) {
    case Kind::serviceToken: return subject.token != nullptr && subject.token->id == tokenId;
    case Kind::anyToken: return subject.token != nullptr;
    case Kind::everyone: return true;
    case Kind::ip: return network->contains(subject.peer);
    case Kind::certificate: return subject.hasCertificate;
    case Kind::commonName: return subject.hasCertificate && subject.commonName == text;
    case Kind::country: return base::equalsIgnoreCaseAscii(countryOf(subject), text);
    case Kind::group: return group->matches(subject);
    case Kind::email: return subject.identity != nullptr && base::equalsIgnoreCaseAscii(subject.identity->email, text);
    case Kind::emailEnding: return subject.identity != nullptr && endsWithIgnoringCase(subject.identity->email, text);
    case Kind::loginMethod: return subject.identity != nullptr && base::equalsIgnoreCaseAscii(subject.identity->loginMethod, text);
    case Kind::never:
    case Kind::notEmulated: return false;
    }
    return false;
}

bool CompiledRule::canMatchIdentity() const
{
    switch (kind) {
    case Kind::serviceToken:
    case Kind::anyToken:
    case Kind::never: return false;
    case Kind::group: return group->rules.canMatchIdentity();
    default: return true;
    }
}

CompiledRules::Judgement CompiledRules::judge(const Subject& subject) const
{
    const CompiledRule* included = firstMatch(include, subject);
    if (included == nullptr)
        return {};
    if (const CompiledRule* excluded = firstMatch(exclude, subject))
        return {Verdict::excluded, excluded};
    if (const CompiledRule* missed = firstMiss(require, subject))
        return {Verdict::requirementNotMet, missed};
    return {Verdict::matches, included};
}

bool CompiledRules::canMatchIdentity() const
{
    return std::ranges::any_of(include, &CompiledRule::canMatchIdentity) && std::ranges::all_of(require, &CompiledRule::canMatchIdentity);
}

bool CompiledGroup::matches(const Subject& subject) const
{
    if (subject.identity != nullptr) {
        for (const std::string& member : subject.identity->groups) {
            if (member == id.value || member == name)
                return true;
        }
    }
    return rules.judge(subject).verdict == CompiledRules::Verdict::matches;
}

Result<CompiledGroups> CompiledGroups::compile(std::span<const Group> groups)
{
    const auto order = Ordering(groups).run();
    if (!order)
        return std::unexpected(order.error());
    CompiledGroups compiled;
    for (const Group* group : *order) {
        auto next = std::make_shared<CompiledGroup>();
        next->id = group->id;
        next->name = group->name;
        next->rules = {compileRules(group->include, compiled), compileRules(group->require, compiled), compileRules(group->exclude, compiled)};
        for (const auto* rules : {&next->rules.include, &next->rules.require, &next->rules.exclude}) {
            for (const CompiledRule& rule : *rules) {
                next->rulesInAll += rule.group != nullptr ? rule.group->rulesInAll + 1 : 1;
                if (rule.group != nullptr)
                    next->depth = std::max(next->depth, rule.group->depth + 1);
                // Inside the loop: the sum must not overflow before it is looked at.
                if (next->rulesInAll > mostRules)
                    return fail(ErrorCode::invalidArgument, "The group “" + group->name + "” holds more than " + std::to_string(mostRules)
                                                                + " rules, with those of the groups it names.");
            }
        }
        if (next->depth > deepestNesting)
            return Ordering::tooDeep();
        compiled.m_groups.emplace(next->id, std::move(next));
    }
    return compiled;
}

std::shared_ptr<const CompiledGroup> CompiledGroups::find(const GroupId& id) const
{
    const auto found = m_groups.find(id);
    return found != m_groups.end() ? found->second : nullptr;
}

std::vector<CompiledRule> compileRules(const std::vector<Rule>& rules, const CompiledGroups& groups)
{
    std::vector<CompiledRule> compiled;
    compiled.reserve(rules.size());
    for (const Rule& rule : rules) {
        CompiledRule& next = compiled.emplace_back();
        next.description = describe(rule);
        std::visit(Compiler{groups, next}, rule);
    }
    return compiled;
}

} // namespace latchkey::access
