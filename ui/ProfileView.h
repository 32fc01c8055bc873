// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QIcon>
#include <QString>

namespace latchkey::ui {

enum class Scheme;

/// The colour a person gave a profile. Beside it stands a word, always.
enum class ProfileColour { none, blue, green, amber, violet, red };

[[nodiscard]] QColor profileColour(ProfileColour colour, Scheme scheme);   ///< Invalid for `none`.
[[nodiscard]] QString profileColourName(ProfileColour colour);             ///< "Red"
[[nodiscard]] QIcon profileIcon(ProfileColour colour, Scheme scheme);      ///< A dot; null for `none`.

/// One profile as the window shows it: the local agent, a Cloudflare account, or all of them at once.
struct ProfileView {
    enum class Kind { agent, account, all };

    QString id;
    Kind kind = Kind::agent;
    QString name;
    QString account;   ///< The account's own name, for dialogs and the card; empty for the agent.
    ProfileColour colour = ProfileColour::none;
    bool production = false;

    bool operator==(const ProfileView&) const = default;

    /// For what names the account that it changes: "Production (Example Corp)".
    [[nodiscard]] QString title() const;
    /// The colour of the stripe: a production profile is never without one.
    [[nodiscard]] ProfileColour stripe() const { return production && colour == ProfileColour::none ? ProfileColour::red : colour; }
};

} // namespace latchkey::ui
