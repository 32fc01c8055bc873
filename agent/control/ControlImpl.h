// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Authority.h"
#include "BackupKeeper.h"
#include "Committer.h"
#include "ControlParts.h"
#include "KeyKeeper.h"
#include "Ports.h"
#include "ReaderThread.h"
#include "UpstreamProbe.h"

#include <QTimer>

#include <string_view>

namespace latchkey::control {

/// The event of a change: what it left tells whose it is.
template <typename Subject>
AgentEvent eventOf(AgentEvent::Kind kind, std::string_view action, const Subject& subject)
{
    AgentEvent event{.kind = kind, .action = std::string(action), .id = {}, .name = {}};
    const auto take = [&event](const auto& object) {
        event.id = object.id.value;
        event.name = object.name;
    };
    if constexpr (requires { subject.token.id.value; })
        take(subject.token);
    else if constexpr (requires { subject.policy.id.value; })
        take(subject.policy);
    else if constexpr (requires { subject.id.value; })
        take(subject);
    return event;
}

/// What Control holds, and what its parts, a file a resource, share. Members go in the reverse of their order.
struct Control::Impl {
    explicit Impl(Parts given);

    /// The answer to a change; `tell`, which gets what it came to, tells the listener first.
    template <typename T, typename Tell>
    Answer<T> after(Tell tell, Answer<T> answer)
    {
        return [this, tell = std::move(tell), answer = std::move(answer)](Result<T> result) mutable {
            if (result && listener) {
                if constexpr (std::is_void_v<T>)
                    tell(listener);
                else
                    tell(listener, *result);
            }
            answer(std::move(result));
        };
    }

    /// As after(), for a change of one thing. `action` is a literal.
    template <typename T>
    Answer<T> telling(AgentEvent::Kind kind, std::string_view action, Answer<T> answer)
    {
        return after<T>([kind, action](const EventListener& to, const T& subject) { to(eventOf(kind, action, subject)); }, std::move(answer));
    }

    void report(Answer<InactivityReport> answer);
    void cleanInactive(Answer<int> answer);
    void watchInactivity();
    void bring(access::Configuration wanted, bool prune, bool rehearse, Answer<ConfigurationChanges> answer);
    void bringWithKeys(access::Configuration wanted, KeyBundle bundle, bool prune, bool rehearse, Answer<ConfigurationChanges> answer);
    void stateChanged(const State& state);
    [[nodiscard]] std::string teamHost() const { return parts.settings.team + ".cloudflareaccess.com"; }

    Parts parts;
    EventListener listener;
    Ports ports;
    Committer committer;
    KeyKeeper keys;
    ReaderThread reader;
    BackupKeeper backups;
    Authority authority;
    UpstreamProbe upstreams;
    std::string edgeTls;
    std::chrono::sys_seconds startedAt;
    QTimer inactivityWatch;
    bool stopped = false;
};

} // namespace latchkey::control
