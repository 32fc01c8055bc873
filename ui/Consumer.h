// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace latchkey::ui {

/// One who uses a token's secret, and how a new one reaches it.
struct Consumer {
    enum class Kind {
        command,   ///< A command of the person's that gets the secret on its standard input.
        byHand,    ///< Copied by the person, who ticks it off.
    };
    Kind kind = Kind::byHand;
    QString name;
    QString command;   ///< As one types it into a shell; empty by hand.

    bool operator==(const Consumer&) const = default;
};

} // namespace latchkey::ui
