// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Control's advice: the tokens are read and everything is looked at on the reader's thread, while the upstreams are asked.
#include "ControlImpl.h"

namespace latchkey::control {

namespace {

constexpr int kTokensARead = 1000;

struct AdviceSources {
    std::vector<std::shared_ptr<const access::Application>> applications;
    std::vector<std::shared_ptr<const access::Policy>> policies;
    std::vector<std::shared_ptr<const access::Group>> groups;
};

Result<std::vector<access::Finding>> lookAtAll(store::Reader& reader, const AdviceSources& sources, std::chrono::sys_seconds now)
{
    std::vector<access::ServiceToken> tokens;
    for (int page = 1;; ++page) {
        auto some = reader.tokens({.name = {}, .search = {}, .page = page, .perPage = kTokensARead});
        if (!some)
            return std::unexpected(some.error());
        std::ranges::move(some->items, std::back_inserter(tokens));
        if (some->items.size() < kTokensARead)
            break;
    }
    return access::findAdvice({tokens, sources.applications, sources.policies, sources.groups}, now);
}

/// The two halves of an answer, whichever comes first.
struct AdviceHalves {
    std::optional<Result<std::vector<access::Finding>>> findings;
    std::optional<UpstreamProbe::Silent> silent;
    std::vector<std::shared_ptr<const access::Application>> applications;
    Answer<std::vector<access::Finding>> answer;

    void look()
    {
        if (!findings || !silent)
            return;
        if (*findings) {
            for (const auto& application : applications) {
                const auto found = silent->find(application->upstream);
                if (found == silent->end())
                    continue;
                (*findings)->push_back({.code = std::string(access::advice::upstreamSilent),
                                        .severity = access::Finding::Severity::error,
                                        .message = "The upstream of the application “" + application->name + "”, " + application->upstream
                                            + ", does not answer (" + found->second + "). Start it, or correct the address.",
                                        .application = access::Finding::Reference{application->id.value, application->name},
                                        .token = {},
                                        .policy = {},
                                        .group = {}});
            }
            access::sortAdvice(**findings);
        }
        answer(std::move(*findings));
    }
};

} // namespace

void Control::advise(Answer<std::vector<access::Finding>> answer)
{
    const State& state = m_impl->committer.state();
    AdviceSources sources{.applications = {}, .policies = state.policies, .groups = state.groups};
    std::vector<std::string> upstreams;
    for (const auto& application : state.applications) {
        sources.applications.push_back(application.record);
        upstreams.push_back(application.record->upstream);
    }
    auto halves = std::make_shared<AdviceHalves>();
    halves->applications = sources.applications;
    halves->answer = std::move(answer);
    // Who was seen a moment ago has been used.
    m_impl->parts.events->flush();
    m_impl->reader.ask<std::vector<access::Finding>>(
        [sources = std::move(sources), now = now()](store::Reader& reader) { return lookAtAll(reader, sources, now); },
        [halves](Result<std::vector<access::Finding>> findings) {
            halves->findings = std::move(findings);
            halves->look();
        });
    m_impl->upstreams.ask(upstreams, [halves](UpstreamProbe::Silent silent) {
        halves->silent = std::move(silent);
        halves->look();
    });
}

} // namespace latchkey::control
