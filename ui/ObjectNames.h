// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CredentialText.h"
#include "Problem.h"
#include "TokenFilter.h"

#include <QString>

/// The names by which tests and tools find widgets (`window.findChild<QPushButton*>(QString(names::createToken))`).
/// They are part of the room's contract and stay stable; words on the screen may change and are translated.
namespace latchkey::ui::names {

// Main window
inline constexpr QLatin1StringView profileName{"profileName"};             // QLabel: name of the profile
inline constexpr QLatin1StringView profileCard{"profileCard"};             // opens profileMenu
inline constexpr QLatin1StringView profileMenu{"profileMenu"};             // QMenu; its actions: profileAction(id)
inline constexpr QLatin1StringView profileProduction{"profileProduction"}; // QLabel, visible for a production profile
inline constexpr QLatin1StringView profileStripe{"profileStripe"};         // above everything, in the profile's colour
inline constexpr QLatin1StringView navAddAccount{"navAddAccount"};
inline constexpr QLatin1StringView navSettings{"navSettings"};
inline constexpr QLatin1StringView profileState{"profileState"};           // QLabel: "Running on 127.0.0.1:8400"
inline constexpr QLatin1StringView navTokens{"navTokens"};                 // QPushButton: the Tokens page
inline constexpr QLatin1StringView searchField{"searchField"};             // QLineEdit
inline constexpr QLatin1StringView reload{"reload"};                       // QPushButton
inline constexpr QLatin1StringView createToken{"createToken"};             // QPushButton in the header
inline constexpr QLatin1StringView expiryTimeline{"expiryTimeline"};       // ExpiryTimeline
inline constexpr QLatin1StringView savedSearches{"savedSearches"};         // SavedSearchMenu
inline constexpr QLatin1StringView filterChips{"filterChips"};             // its buttons: filterChip(TokenFilter)
inline constexpr QLatin1StringView tokenTable{"tokenTable"};               // QTableView
inline constexpr QLatin1StringView searchProblem{"searchProblem"};         // QLabel under the search: what is meant by a wrong term
inline constexpr QLatin1StringView columnMenu{"columnMenu"};               // QMenu; its menus below move a column
inline constexpr QLatin1StringView columnsEarlier{"columnsEarlier"};
inline constexpr QLatin1StringView columnsLater{"columnsLater"};
inline constexpr QLatin1StringView tokensPage{"tokensPage"};
inline constexpr QLatin1StringView listStack{"listStack"};                 // QStackedWidget: table or one of the pages below
inline constexpr QLatin1StringView emptyPage{"emptyPage"};                 // no tokens at all; its button is emptyCreate
inline constexpr QLatin1StringView emptyCreate{"emptyCreate"};
inline constexpr QLatin1StringView loadingPage{"loadingPage"};
inline constexpr QLatin1StringView errorPage{"errorPage"};                 // nothing could be loaded; its button is errorRetry
inline constexpr QLatin1StringView errorRetry{"errorRetry"};
inline constexpr QLatin1StringView noMatchPage{"noMatchPage"};             // the filter hides all; its button is clearFilter
inline constexpr QLatin1StringView clearFilter{"clearFilter"};
inline constexpr QLatin1StringView oldBanner{"oldBanner"};                 // a reload failed; its button is oldRetry
inline constexpr QLatin1StringView oldRetry{"oldRetry"};
inline constexpr QLatin1StringView statusLeft{"statusLeft"};               // QLabel: "128 tokens · 1 selected"
inline constexpr QLatin1StringView statusNotice{"statusNotice"};           // QLabel: notices and the clipboard's countdown
inline constexpr QLatin1StringView statusCancel{"statusCancel"};           // QPushButton: stops loading
inline constexpr QLatin1StringView statusRight{"statusRight"};             // QLabel: "Up to date · 12:04:31"

// Banners: banner(BannerKind) is the widget, bannerAction(BannerKind) its button
// Details pane
inline constexpr QLatin1StringView detailsPane{"detailsPane"};
inline constexpr QLatin1StringView detailsTitle{"detailsTitle"};
inline constexpr QLatin1StringView detailsState{"detailsState"};
inline constexpr QLatin1StringView detailsClientId{"detailsClientId"};
inline constexpr QLatin1StringView detailsSecret{"detailsSecret"};         // QLabel: where the secret is
inline constexpr QLatin1StringView detailsLastSeen{"detailsLastSeen"};
inline constexpr QLatin1StringView copyClientId{"copyClientId"};
inline constexpr QLatin1StringView copySecret{"copySecret"};               // visible when the keychain has it
inline constexpr QLatin1StringView refreshToken{"refreshToken"};
inline constexpr QLatin1StringView deleteToken{"deleteToken"};
inline constexpr QLatin1StringView copySnippet{"copySnippet"};
inline constexpr QLatin1StringView copyErrorText{"copyErrorText"};         // QLabel: why a copy failed

// Problem page
inline constexpr QLatin1StringView problemPage{"problemPage"};
inline constexpr QLatin1StringView problemTitle{"problemTitle"};           // problemAction(ProblemAction) are its buttons

// Create token
inline constexpr QLatin1StringView createDialog{"createDialog"};
inline constexpr QLatin1StringView createName{"createName"};               // QLineEdit
inline constexpr QLatin1StringView createNameHint{"createNameHint"};       // QLabel: what is wrong, or the counter
inline constexpr QLatin1StringView createDuration{"createDuration"};       // QComboBox; item data: "8760h" … "forever", "" = custom
inline constexpr QLatin1StringView createCustom{"createCustom"};           // QLineEdit, visible for custom
inline constexpr QLatin1StringView createEnd{"createEnd"};                 // QLabel: when it ends, or what is wrong
inline constexpr QLatin1StringView createKeep{"createKeep"};               // QCheckBox
inline constexpr QLatin1StringView createKeepHint{"createKeepHint"};       // QLabel: why it cannot be kept
inline constexpr QLatin1StringView createError{"createError"};             // QLabel: why the create failed
inline constexpr QLatin1StringView createSubmit{"createSubmit"};
inline constexpr QLatin1StringView createCancel{"createCancel"};

// Copy-once page (in the same dialog)
inline constexpr QLatin1StringView secretPage{"secretPage"};
inline constexpr QLatin1StringView secretTitle{"secretTitle"};
inline constexpr QLatin1StringView secretClientId{"secretClientId"};       // QLineEdit, read-only
inline constexpr QLatin1StringView secretField{"secretField"};             // SecretField
inline constexpr QLatin1StringView secretReveal{"secretReveal"};
inline constexpr QLatin1StringView secretKeepState{"secretKeepState"};     // QLabel: keeping, kept, failed
inline constexpr QLatin1StringView secretKeepRetry{"secretKeepRetry"};
inline constexpr QLatin1StringView secretCountdown{"secretCountdown"};     // QLabel
inline constexpr QLatin1StringView secretCopyError{"secretCopyError"};     // QLabel
inline constexpr QLatin1StringView secretStored{"secretStored"};           // QCheckBox: "I have stored the secret safely"
inline constexpr QLatin1StringView secretDone{"secretDone"};               // copy buttons: secretCopy(CopyKind)

// Refresh and delete
inline constexpr QLatin1StringView refreshDialog{"refreshDialog"};
inline constexpr QLatin1StringView deleteDialog{"deleteDialog"};
inline constexpr QLatin1StringView batchTable{"batchTable"};               // QTableWidget: the plan and outcomes
inline constexpr QLatin1StringView batchError{"batchError"};               // QLabel: summary of failures
inline constexpr QLatin1StringView batchStart{"batchStart"};               // "Refresh", "Delete 3 tokens", "Try 2 again"
inline constexpr QLatin1StringView batchCancel{"batchCancel"};             // "Cancel", "Stop", "Close"
inline constexpr QLatin1StringView batchProgress{"batchProgress"};         // QProgressBar
inline constexpr QLatin1StringView deleteTyped{"deleteTyped"};             // QLineEdit: the name, typed

// Questions and the palette
inline constexpr QLatin1StringView confirmDialog{"confirmDialog"};
inline constexpr QLatin1StringView confirmYes{"confirmYes"};
inline constexpr QLatin1StringView confirmNo{"confirmNo"};
inline constexpr QLatin1StringView actionPalette{"actionPalette"};
inline constexpr QLatin1StringView actionPaletteInput{"actionPaletteInput"};
inline constexpr QLatin1StringView actionPaletteList{"actionPaletteList"};

// Profile
inline constexpr QLatin1StringView profileDialog{"profileDialog"};
inline constexpr QLatin1StringView profileEditName{"profileEditName"};     // QLineEdit
inline constexpr QLatin1StringView profileToken{"profileToken"};           // SecretEntry
inline constexpr QLatin1StringView profileFromEnvironment{"profileFromEnvironment"};
inline constexpr QLatin1StringView profileTest{"profileTest"};
inline constexpr QLatin1StringView profileAccount{"profileAccount"};       // QComboBox; item data: account id
inline constexpr QLatin1StringView profileAccountId{"profileAccountId"};   // QLineEdit, when no account can be listed
inline constexpr QLatin1StringView profileFindings{"profileFindings"};     // what the test found, a QLabel a line
inline constexpr QLatin1StringView profileError{"profileError"};           // QLabel
inline constexpr QLatin1StringView profileIsProduction{"profileIsProduction"};
inline constexpr QLatin1StringView profileEditColour{"profileEditColour"}; // QComboBox
inline constexpr QLatin1StringView profileAdvanced{"profileAdvanced"};     // opens what follows
inline constexpr QLatin1StringView profileApiBase{"profileApiBase"};       // QLineEdit
inline constexpr QLatin1StringView profileCaFile{"profileCaFile"};         // QLineEdit
inline constexpr QLatin1StringView profileZone{"profileZone"};             // QLineEdit
inline constexpr QLatin1StringView profileSave{"profileSave"};
inline constexpr QLatin1StringView profileCancel{"profileCancel"};

// Settings
inline constexpr QLatin1StringView settingsDialog{"settingsDialog"};
inline constexpr QLatin1StringView settingsSearch{"settingsSearch"};
inline constexpr QLatin1StringView settingsSections{"settingsSections"};   // QListWidget
inline constexpr QLatin1StringView settingsTheme{"settingsTheme"};         // QComboBox
inline constexpr QLatin1StringView settingsStartAgent{"settingsStartAgent"};
inline constexpr QLatin1StringView settingsPoll{"settingsPoll"};           // QComboBox; item data: seconds
inline constexpr QLatin1StringView settingsClipboard{"settingsClipboard"}; // QComboBox; item data: seconds
inline constexpr QLatin1StringView settingsProfiles{"settingsProfiles"};   // QListWidget
inline constexpr QLatin1StringView settingsAddProfile{"settingsAddProfile"};
inline constexpr QLatin1StringView settingsEditProfile{"settingsEditProfile"};
inline constexpr QLatin1StringView settingsRemoveProfile{"settingsRemoveProfile"};
inline constexpr QLatin1StringView settingsClose{"settingsClose"};

[[nodiscard]] QString profileAction(const QString& id);          ///< `actionProfile-<id>`
[[nodiscard]] QString filterChip(TokenFilter filter);            ///< `filterAll`, `filterExpired` …
[[nodiscard]] QString secretCopy(CopyKind kind);                 ///< `secretCopyClientSecret`, `secretCopyHeaders` …
[[nodiscard]] QString banner(BannerKind kind);                   ///< `bannerMemorySession` …
[[nodiscard]] QString bannerAction(BannerKind kind);             ///< `bannerActionMemorySession` …
[[nodiscard]] QString problemAction(ProblemAction action);       ///< `problemUnlockAndRetry` …

} // namespace latchkey::ui::names
