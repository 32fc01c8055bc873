// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Inactivity.h"

#include "TokenChanges.h"

namespace latchkey::control {

namespace {

constexpr int kTokensAPage = 1000;

} // namespace

access::NamedTokens namedTokens(const State& state)
{
    access::NamedTokens named;
    for (const auto& application : state.applications) {
        for (const auto& policy : application.record->policies)
            access::addNamedTokens(named, policy);
    }
    // Reusable ones count before an application lists them, too: who wrote a name there wants the token.
    for (const auto& policy : state.policies)
        access::addNamedTokens(named, *policy);
    return named;
}

Result<InactivityReport> reportInactivity(store::Reader& reader, access::InactivitySetting setting,
                                          const access::NamedTokens& named, std::chrono::sys_seconds now)
{
    InactivityReport report{.setting = setting, .at = now, .leaving = {}, .staying = {}, .stayingCount = 0};
    const bool disables = setting.action == access::InactivitySetting::Action::disable;
    for (int page = 1;; ++page) {
        auto tokens = reader.tokens({.name = {}, .search = {}, .page = page, .perPage = kTokensAPage});
        if (!tokens)
            return std::unexpected(tokens.error());
        for (auto& token : tokens->items) {
            const auto finding = access::findInactivity(token, named, setting.thresholdDays, now);
            const bool alreadyDone = disables && !token.enabled;
            if (finding.isInactive() && !alreadyDone) {
                report.leaving.push_back({std::move(token), finding, false});
                continue;
            }
            ++report.stayingCount;
            if (report.staying.size() < InactivityReport::mostStaying)
                report.staying.push_back({std::move(token), finding, finding.isInactive() && alreadyDone});
        }
        if (tokens->items.size() < kTokensAPage)
            return report;
    }
}

Result<CleanedTokens> cleanInactive(Transaction& transaction, const std::vector<access::TokenId>& suspects)
{
    const auto setting = transaction.candidate.state.organization->inactivity;
    CleanedTokens gone{.deleted = setting.action == access::InactivitySetting::Action::remove, .tokens = {}};
    if (!setting.enabled)
        return gone;
    const auto named = namedTokens(transaction.candidate.state);
    for (const auto& id : suspects) {
        auto record = transaction.store.token(id);
        if (!record)
            return std::unexpected(record.error());
        if (!*record || !access::findInactivity((*record)->token, named, setting.thresholdDays, transaction.now).isInactive())
            continue;
        if (gone.deleted) {
            auto deleted = deleteToken(transaction, id);
            if (!deleted)
                return std::unexpected(deleted.error());
            gone.tokens.push_back(std::move(*deleted));
        } else if ((*record)->token.enabled) {
            TokenChange change;
            change.enabled = false;
            auto disabled = updateToken(transaction, id, change);
            if (!disabled)
                return std::unexpected(disabled.error());
            gone.tokens.push_back(std::move(disabled->token));
        }
    }
    return gone;
}

} // namespace latchkey::control
