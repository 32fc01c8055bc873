// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Control's commands on service tokens.
#include "ControlImpl.h"
#include "Inactivity.h"
#include "TokenChanges.h"

namespace latchkey::control {

void Control::listTokens(store::TokenFilter filter, Answer<store::Page<access::ServiceToken>> answer)
{
    m_impl->reader.ask<store::Page<access::ServiceToken>>(
        [filter = std::move(filter)](store::Reader& reader) { return reader.tokens(filter); }, std::move(answer));
}

void Control::getToken(access::TokenId id, Answer<access::ServiceToken> answer)
{
    m_impl->reader.ask<access::ServiceToken>(
        [id = std::move(id)](store::Reader& reader) -> Result<access::ServiceToken> {
            auto token = reader.token(id);
            if (!token)
                return std::unexpected(token.error());
            if (!*token)
                return std::unexpected(noSuchToken(id));
            return std::move(**token);
        },
        std::move(answer));
}

void Control::createToken(NewToken wanted, Answer<IssuedToken> answer)
{
    m_impl->committer.submit<IssuedToken>(
        [wanted = std::move(wanted)](Transaction& transaction) { return control::createToken(transaction, wanted); },
        m_impl->telling(AgentEvent::Kind::token, "created", std::move(answer)));
}

void Control::rotateToken(access::TokenId id, std::optional<std::chrono::sys_seconds> previousEnd, Answer<IssuedToken> answer)
{
    m_impl->committer.submit<IssuedToken>(
        [id = std::move(id), previousEnd](Transaction& transaction) { return control::rotateToken(transaction, id, previousEnd); },
        m_impl->telling(AgentEvent::Kind::token, "rotated", std::move(answer)));
}

void Control::updateToken(access::TokenId id, TokenChange change, Answer<UpdatedToken> answer)
{
    m_impl->committer.submit<UpdatedToken>(
        [id = std::move(id), change = std::move(change)](Transaction& transaction) {
            return control::updateToken(transaction, id, change);
        },
        m_impl->after<UpdatedToken>(
            [](const EventListener& to, const UpdatedToken& updated) {
                to(eventOf(AgentEvent::Kind::token, updated.secret ? "rotated" : "updated", updated));
            },
            std::move(answer)));
}

void Control::refreshToken(access::TokenId id, Answer<access::ServiceToken> answer)
{
    m_impl->committer.submit<access::ServiceToken>(
        [id = std::move(id)](Transaction& transaction) { return control::refreshToken(transaction, id); },
        m_impl->telling(AgentEvent::Kind::token, "refreshed", std::move(answer)));
}

void Control::deleteToken(access::TokenId id, Answer<access::ServiceToken> answer)
{
    m_impl->committer.submit<access::ServiceToken>(
        [id = std::move(id)](Transaction& transaction) { return control::deleteToken(transaction, id); },
        m_impl->telling(AgentEvent::Kind::token, "deleted", std::move(answer)));
}

void Control::Impl::report(Answer<InactivityReport> answer)
{
    // What was seen a moment ago counts too.
    parts.events->flush();
    const auto& state = committer.state();
    reader.ask<InactivityReport>(
        [setting = state.organization->inactivity, named = namedTokens(state), now = parts.services.clock.now()](store::Reader& from) {
            return reportInactivity(from, setting, named, now);
        },
        std::move(answer));
}

void Control::Impl::cleanInactive(Answer<int> answer)
{
    if (!committer.state().organization->inactivity.enabled)
        return post(&committer, [answer = std::move(answer)]() mutable { answer(0); });
    report([this, answer = std::move(answer)](Result<InactivityReport> found) mutable {
        if (!found)
            return answer(std::unexpected(found.error()));
        std::vector<access::TokenId> suspects;
        for (const auto& entry : found->leaving)
            suspects.push_back(entry.token.id);
        if (suspects.empty())
            return answer(0);
        parts.events->flush();
        auto tell = [](const EventListener& to, const CleanedTokens& gone) {
            for (const auto& token : gone.tokens)
                to(eventOf(AgentEvent::Kind::token, gone.deleted ? "deleted" : "updated", token));
        };
        committer.submit<CleanedTokens>(
            [suspects = std::move(suspects)](Transaction& transaction) { return control::cleanInactive(transaction, suspects); },
            after<CleanedTokens>(std::move(tell), [this, answer = std::move(answer)](Result<CleanedTokens> gone) mutable {
                if (!gone)
                    return answer(std::unexpected(gone.error()));
                if (!gone->tokens.empty())
                    parts.services.log.write(Log::Level::info, "inactive service tokens were disabled or deleted",
                                             {{"count", std::to_string(gone->tokens.size())}});
                answer(static_cast<int>(gone->tokens.size()));
            }));
    });
}

void Control::Impl::watchInactivity()
{
    inactivityWatch.setInterval(std::chrono::hours(1));
    QObject::connect(&inactivityWatch, &QTimer::timeout, &committer, [this] {
        cleanInactive([this](Result<int> gone) {
            if (!gone && gone.error().code != ErrorCode::cancelled)
                parts.services.log.write(Log::Level::warning, "inactive service tokens could not be cleaned up",
                                         {{"why", gone.error().message}});
        });
    });
    inactivityWatch.start();
}

void Control::rehearseInactivity(Answer<InactivityReport> answer)
{
    m_impl->report(std::move(answer));
}

void Control::cleanInactive(Answer<int> answer)
{
    m_impl->cleanInactive(std::move(answer));
}

} // namespace latchkey::control
