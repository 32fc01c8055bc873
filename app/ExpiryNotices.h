// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/ServiceToken.h"

#include <QJsonObject>

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace latchkey::app {

/// How near a token's end is, in the steps at which a person is told: 30, 7 and 1 days before, and the end. In order.
enum class ExpiryStep { none, month, week, day, ended };

/// The step a token is at. None for a token without an end and for a disabled one, whose end surprises nobody. A step
/// counts only if the token lives longer than it: one of 24 hours is not announced the moment it is made.
[[nodiscard]] ExpiryStep expiryStepAt(const access::ServiceToken& token, std::chrono::sys_seconds now);

/// A token, told apart from those of other profiles.
struct WatchedToken {
    std::string profileId;
    access::TokenId id;
    auto operator<=>(const WatchedToken&) const = default;
};

/// What a person has to be told.
struct ExpiryNotice {
    WatchedToken token;
    std::string name;
    std::chrono::sys_seconds end;
    ExpiryStep step = ExpiryStep::none;
    bool operator==(const ExpiryNotice&) const = default;
};

/// The whole list of one profile, as last seen.
struct WatchedList {
    std::string profileId;
    std::span<const access::ServiceToken> tokens;
};

/// Decides what is to be told and remembers what was: each step once per token, whatever restarts lie between. Of steps
/// that were slept through only the last is told. When an end moves later (a refresh), the steps count anew, and the one
/// the token is at then is taken as known. Pure: lists and time are arguments.
class ExpiryNotices {
public:
    /// What is new, the most urgent first; it counts as told from now on. A clock that stepped by more than a day since
    /// the last look is believed at the next look only (isSettling), and one before this program was written never.
    [[nodiscard]] std::vector<ExpiryNotice> due(std::span<const WatchedList> lists, std::chrono::sys_seconds now);
    /// The last look was not believed: look again in a minute.
    [[nodiscard]] bool isSettling() const { return m_settling; }
    /// These did not reach anybody: they are due again.
    void untell(const std::vector<ExpiryNotice>& notices);
    /// The next moment at which a token comes to a step; nullopt: none will.
    [[nodiscard]] static std::optional<std::chrono::sys_seconds> nextStep(std::span<const WatchedList> lists, std::chrono::sys_seconds now);

    [[nodiscard]] QJsonObject save() const;
    void restore(const QJsonObject& saved);   ///< Entries that cannot be read are left out.

private:
    struct Mark {
        std::chrono::sys_seconds end;   ///< The end it was told for.
        ExpiryStep step;
        std::chrono::sys_seconds at;
    };
    void look(const WatchedToken& key, const access::ServiceToken& token, std::chrono::sys_seconds now, std::vector<ExpiryNotice>& news);

    std::map<WatchedToken, Mark> m_told;
    std::optional<std::chrono::sys_seconds> m_lastLook;
    bool m_settling = false;
};

} // namespace latchkey::app
