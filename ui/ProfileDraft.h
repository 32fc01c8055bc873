// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ProfileView.h"

#include <QString>

#include <utility>
#include <vector>

namespace latchkey::ui {

/// An account's profile as a person types it; nothing of it is checked. Never the API token.
struct ProfileDraft {
    QString name;
    ProfileColour colour = ProfileColour::none;
    bool production = false;
    QString accountId;
    QString accountName;   ///< Empty when the account's ID was typed.
    QString zoneId;
    QString apiBase;
    QString caFile;

    bool operator==(const ProfileDraft&) const = default;
};

/// One sentence of what a try of the API token found.
struct ProfileFinding {
    enum class Kind { good, bad, unknown };
    Kind kind = Kind::good;
    QString text;

    bool operator==(const ProfileFinding&) const = default;
};

/// What a try of the API token found.
struct ProfileReport {
    bool works = false;
    std::vector<ProfileFinding> findings;
    std::vector<std::pair<QString, QString>> accounts;   ///< ID and name of those the token may list.
    QString accountId;                                   ///< The one that was tried; empty: none.
};

} // namespace latchkey::ui
