// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Control's commands on reusable policies and groups, and what they come to.
#include "ControlImpl.h"
#include "PolicyChanges.h"
#include "TokenChanges.h"

#include "agent/base/Encoding.h"

#include <algorithm>

namespace latchkey::control {

namespace {

/// A page of what the state holds, oldest first there and newest first here.
template <typename T, typename Item, typename Make>
store::Page<T> pageOf(const std::vector<Item>& items, int page, int perPage, Make make)
{
    store::Page<T> result{{}, page, perPage, static_cast<int>(items.size())};
    const auto skipped = static_cast<std::size_t>(page - 1) * static_cast<std::size_t>(perPage);
    for (std::size_t i = skipped; i < items.size() && i - skipped < static_cast<std::size_t>(perPage); ++i)
        result.items.push_back(make(items[items.size() - 1 - i]));
    return result;
}

} // namespace

void Control::listPolicies(int page, int perPage, Answer<store::Page<ReusablePolicy>> answer)
{
    post(this, [this, page, perPage, answer = std::move(answer)]() mutable {
        const State& state = m_impl->committer.state();
        answer(pageOf<ReusablePolicy>(state.policies, page, perPage,
                                      [&](const auto& policy) { return ReusablePolicy{*policy, applicationsUsing(state, policy->id)}; }));
    });
}

void Control::getPolicy(access::PolicyId id, Answer<ReusablePolicy> answer)
{
    post(this, [this, id = std::move(id), answer = std::move(answer)]() mutable {
        const State& state = m_impl->committer.state();
        if (const auto* policy = state.findPolicy(id))
            return answer(ReusablePolicy{*policy, applicationsUsing(state, id)});
        answer(std::unexpected(noSuchPolicy(id)));
    });
}

void Control::createPolicy(access::Policy wanted, Answer<ReusablePolicy> answer)
{
    m_impl->committer.submit<ReusablePolicy>(
        [wanted = std::move(wanted)](Transaction& transaction) -> Result<ReusablePolicy> {
            auto created = control::createPolicy(transaction, wanted);
            if (!created)
                return std::unexpected(created.error());
            return ReusablePolicy{std::move(*created), 0};
        },
        m_impl->telling(AgentEvent::Kind::policy, "created", std::move(answer)));
}

void Control::editPolicy(access::PolicyId id, PolicyEdit edit, Answer<ReusablePolicy> answer)
{
    m_impl->committer.submit<ReusablePolicy>(
        [id = std::move(id), edit = std::move(edit)](Transaction& transaction) mutable {
            return control::editPolicy(transaction, id, std::move(edit));
        },
        m_impl->telling(AgentEvent::Kind::policy, "updated", std::move(answer)));
}

void Control::deletePolicy(access::PolicyId id, Answer<access::Policy> answer)
{
    m_impl->committer.submit<access::Policy>(
        [id = std::move(id)](Transaction& transaction) { return control::deletePolicy(transaction, id); },
        m_impl->telling(AgentEvent::Kind::policy, "deleted", std::move(answer)));
}

void Control::listGroups(store::TokenFilter filter, Answer<store::Page<access::Group>> answer)
{
    post(this, [this, filter = std::move(filter), answer = std::move(answer)]() mutable {
        std::vector<std::shared_ptr<const access::Group>> found;
        for (const auto& group : m_impl->committer.state().groups) {
            const bool isNamed = filter.name.empty() || group->name == filter.name;
            if (isNamed && base::toLowerAscii(group->name).find(base::toLowerAscii(filter.search)) != std::string::npos)
                found.push_back(group);
        }
        answer(pageOf<access::Group>(found, filter.page, filter.perPage, [](const auto& group) { return *group; }));
    });
}

void Control::getGroup(access::GroupId id, Answer<access::Group> answer)
{
    post(this, [this, id = std::move(id), answer = std::move(answer)]() mutable {
        if (const auto* group = m_impl->committer.state().findGroup(id))
            return answer(*group);
        answer(std::unexpected(noSuchGroup(id)));
    });
}

void Control::createGroup(access::Group wanted, Answer<access::Group> answer)
{
    m_impl->committer.submit<access::Group>(
        [wanted = std::move(wanted)](Transaction& transaction) { return control::createGroup(transaction, wanted); },
        m_impl->telling(AgentEvent::Kind::group, "created", std::move(answer)));
}

void Control::editGroup(access::GroupId id, GroupEdit edit, Answer<access::Group> answer)
{
    m_impl->committer.submit<access::Group>(
        [id = std::move(id), edit = std::move(edit)](Transaction& transaction) mutable {
            return control::editGroup(transaction, id, std::move(edit));
        },
        m_impl->telling(AgentEvent::Kind::group, "updated", std::move(answer)));
}

void Control::deleteGroup(access::GroupId id, Answer<access::Group> answer)
{
    m_impl->committer.submit<access::Group>(
        [id = std::move(id)](Transaction& transaction) { return control::deleteGroup(transaction, id); },
        m_impl->telling(AgentEvent::Kind::group, "deleted", std::move(answer)));
}

void Control::explain(ExplainQuery query, Answer<Explanation> answer)
{
    post(this, [this, query = std::move(query), answer = std::move(answer)]() mutable {
        if (!query.token.isEmpty()) {
            const auto record = m_impl->parts.store->token(query.token);
            if (!record)
                return answer(std::unexpected(record.error()));
            if (!*record)
                return answer(std::unexpected(noSuchToken(query.token)));
            query.clientId = (*record)->token.clientId.value;
        }
        const auto isEnded = [this](const base::Digest& session, std::chrono::sys_seconds now) -> Result<bool> {
            const auto ended = m_impl->parts.store->endedSessions(now);
            if (!ended)
                return std::unexpected(ended.error());
            return std::ranges::find(*ended, session, &store::EndedSession::digest) != ended->end();
        };
        answer(control::explain(m_impl->committer.state(), query, m_impl->parts.issuer, m_impl->parts.services.clock.now(), isEnded));
    });
}

} // namespace latchkey::control
