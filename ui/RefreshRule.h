// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <string>

namespace latchkey::ui {

/// Refreshes the tokens that a search finds, some days before they end. Off until the person turns it on.
struct RefreshRule {
    static constexpr int mostDays = 90;

    QString id;              ///< UUID.
    bool on = false;
    QString query;           ///< As in the search field: `name:ci*`, `state:active`.
    std::string profileId;   ///< Empty: every account.
    int daysBefore = 14;

    bool operator==(const RefreshRule&) const = default;
};

/// What is wrong with it, in words; empty: nothing. A rule has to say which tokens it means, in terms that can be told from
/// a token alone, and no term of it may be wrong.
[[nodiscard]] QString problemOf(const RefreshRule& rule);

} // namespace latchkey::ui
