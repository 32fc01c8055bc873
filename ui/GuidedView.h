// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Consumer.h"

#include <chrono>
#include <optional>
#include <vector>

namespace latchkey::ui {

/// A guided rotation as its dialog shows it; the app makes one after every change.
struct GuidedView {
    enum class Step { rotate, deliver, verify, endPrevious, finish, done };
    struct Line {
        enum class State { waiting, running, done, failed };
        Consumer consumer;
        State state = State::waiting;
        QString message;   ///< Why it failed, or what to know before trying again.
    };
    enum class Verified { open, passed, failed, skipped };

    Step step = Step::rotate;
    bool busy = false;                   ///< A call or request of this step is under way.
    bool secretLost = false;
    bool secretUnkept = false;           ///< Made and in memory, but the keychain did not take it.
    QString failure;                     ///< Why the step's last try failed.
    std::vector<Line> lines;
    QString verifyUrl;
    Verified verified = Verified::open;
    QString verifyText;
    std::optional<std::chrono::sys_seconds> previousEnd;
    bool previousEnded = false;
    bool abandoned = false;
};

/// What the person planned.
struct GuidedPlan {
    std::chrono::sys_seconds previousEnd{};
    std::vector<Consumer> consumers;
    QString verifyUrl;
};

} // namespace latchkey::ui
