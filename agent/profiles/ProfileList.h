// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <QSettings>
#include <QUrl>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::profiles {

inline constexpr std::string_view cloudflareApi = "https://api.cloudflare.com/client/v4";

/// The colour a profile has in the window.
enum class ProfileColour { none, blue, green, amber, violet, red };

[[nodiscard]] std::string_view code(ProfileColour colour);
[[nodiscard]] ProfileColour colourFrom(std::string_view code);   ///< `none` for what is unknown.

/// A Cloudflare account (or one behind a gateway) that this person works with. Never a secret: the API token is in the
/// keychain, see ProfileSecrets.h.
struct Profile {
    std::string id;                                   ///< UUID, ours.
    std::string name;                                 ///< What the person calls it.
    std::string apiBase = std::string(cloudflareApi);
    std::string accountId;                            ///< 32 hex.
    std::string accountName;                          ///< As Cloudflare told it; may be empty.
    std::string zoneId;                               ///< Empty: the account's service tokens.
    std::string caFile;                               ///< PEM; empty: the system's authorities alone.
    ProfileColour colour = ProfileColour::none;
    bool production = false;

    bool operator==(const Profile&) const = default;
};

/// An API's base URL as a person types it: https, or http on this machine alone (the API token would be readable on its
/// way); no credentials in it, no query. Answers it without a slash at its end.
[[nodiscard]] Result<QUrl> parseApiBase(std::string_view text);

/// What else must hold before a profile is kept; the message names the field.
[[nodiscard]] Result<void> check(const Profile& profile);

/// The Cloudflare accounts among the settings, in the person's order. The local agent is none of them: it is always there.
/// Reads and writes through to `settings`, which outlives it; one thread.
class ProfileList {
public:
    explicit ProfileList(QSettings& settings);

    [[nodiscard]] const std::vector<Profile>& profiles() const { return m_profiles; }
    [[nodiscard]] const Profile* find(std::string_view id) const;
    /// By the name a person gave it; nullptr if none or several have it.
    [[nodiscard]] const Profile* findByName(std::string_view name) const;

    /// Adds it, or replaces the one with its id. On disk when this returns.
    void put(const Profile& profile);
    void remove(std::string_view id);

private:
    void write(const Profile& profile);
    void writeOrder();

    QSettings& m_settings;
    std::vector<Profile> m_profiles;
};

} // namespace latchkey::profiles
