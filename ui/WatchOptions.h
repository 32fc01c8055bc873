// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace latchkey::ui {

/// What the person chose about watching, and what this desktop allows.
struct WatchOptions {
    bool notifications = true;
    bool hideToTray = true;
    bool startAtLogin = false;

    bool hasTray = true;              ///< A fact, not a choice.
    QString startAtLoginProblem;      ///< Why the last change of it failed; empty: it did not.

    bool operator==(const WatchOptions&) const = default;
};

} // namespace latchkey::ui
