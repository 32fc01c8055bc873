// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

/// More of ObjectNames.h: the dialogs that change tokens.
namespace latchkey::ui::names {

// Rotate (its second page is the copy-once page)
inline constexpr QLatin1StringView rotateDialog{"rotateDialog"};
inline constexpr QLatin1StringView rotateAccount{"rotateAccount"};         // QLabel: which account
inline constexpr QLatin1StringView graceChoice{"graceChoice"};             // QComboBox; item data: seconds, 0 at once, -1 until a date
inline constexpr QLatin1StringView graceDate{"graceDate"};                 // QDateTimeEdit, visible for a date
inline constexpr QLatin1StringView graceHint{"graceHint"};                 // QLabel: what follows, or what is wrong
inline constexpr QLatin1StringView rotateKeep{"rotateKeep"};               // QCheckBox
inline constexpr QLatin1StringView rotateSubmit{"rotateSubmit"};
inline constexpr QLatin1StringView rotateCancel{"rotateCancel"};
inline constexpr QLatin1StringView errorText{"errorText"};                 // QLabel of an ErrorCard

// The previous secret, in the details
inline constexpr QLatin1StringView previousPanel{"previousPanel"};
inline constexpr QLatin1StringView previousCountdown{"previousCountdown"}; // QLabel
inline constexpr QLatin1StringView previousEndNow{"previousEndNow"};
inline constexpr QLatin1StringView previousMoreTime{"previousMoreTime"};
inline constexpr QLatin1StringView moreTimeDialog{"moreTimeDialog"};
inline constexpr QLatin1StringView moreTimeSubmit{"moreTimeSubmit"};
inline constexpr QLatin1StringView rotateToken{"rotateToken"};             // QPushButton in the details
inline constexpr QLatin1StringView enableToken{"enableToken"};             // QPushButton: Enable or Disable
inline constexpr QLatin1StringView moreActions{"moreActions"};             // QPushButton with a menu

// Many from a list of names; the plan is as in ObjectNames.h, "Refresh and delete"
inline constexpr QLatin1StringView createManyForm{"createManyForm"};
inline constexpr QLatin1StringView createManyNames{"createManyNames"};     // QPlainTextEdit
inline constexpr QLatin1StringView createManyHint{"createManyHint"};       // QLabel: how many, or what is wrong
inline constexpr QLatin1StringView createManyNext{"createManyNext"};
inline constexpr QLatin1StringView createManyDialog{"createManyDialog"};

// Changing one or many; the rest is as in ObjectNames.h, "Refresh and delete"
inline constexpr QLatin1StringView enableDialog{"enableDialog"};
inline constexpr QLatin1StringView durationDialog{"durationDialog"};
inline constexpr QLatin1StringView renameDialog{"renameDialog"};
inline constexpr QLatin1StringView renameFind{"renameFind"};               // QLineEdit
inline constexpr QLatin1StringView renameReplace{"renameReplace"};         // QLineEdit
inline constexpr QLatin1StringView renameBefore{"renameBefore"};           // QLineEdit
inline constexpr QLatin1StringView renameAfter{"renameAfter"};             // QLineEdit
inline constexpr QLatin1StringView rotateManyDialog{"rotateManyDialog"};
inline constexpr QLatin1StringView editDialog{"editDialog"};               // its fields are named as in creating one
inline constexpr QLatin1StringView editSave{"editSave"};
inline constexpr QLatin1StringView editCancel{"editCancel"};

// Guided rotation
inline constexpr QLatin1StringView guidedDialog{"guidedDialog"};
inline constexpr QLatin1StringView consumerName{"consumerName"};           // QLineEdit of each consumer
inline constexpr QLatin1StringView consumerKind{"consumerKind"};           // QComboBox
inline constexpr QLatin1StringView consumerCommand{"consumerCommand"};     // QLineEdit, visible for a command
inline constexpr QLatin1StringView consumerRemove{"consumerRemove"};
inline constexpr QLatin1StringView guidedAdd{"guidedAdd"};
inline constexpr QLatin1StringView guidedUrl{"guidedUrl"};                 // QLineEdit in the plan
inline constexpr QLatin1StringView guidedBegin{"guidedBegin"};
inline constexpr QLatin1StringView guidedCancel{"guidedCancel"};
inline constexpr QLatin1StringView guidedAgain{"guidedAgain"};             // the new secret once more, or the keychain
inline constexpr QLatin1StringView guidedRun{"guidedRun"};                 // + the consumer's index
inline constexpr QLatin1StringView guidedCopy{"guidedCopy"};               // + index
inline constexpr QLatin1StringView guidedTick{"guidedTick"};               // QCheckBox + index
inline constexpr QLatin1StringView guidedProbeUrl{"guidedProbeUrl"};       // QLineEdit under way
inline constexpr QLatin1StringView guidedVerify{"guidedVerify"};
inline constexpr QLatin1StringView guidedSkip{"guidedSkip"};
inline constexpr QLatin1StringView guidedVerifyText{"guidedVerifyText"};   // QLabel: what the request came to
inline constexpr QLatin1StringView guidedEnd{"guidedEnd"};
inline constexpr QLatin1StringView guidedLeave{"guidedLeave"};
inline constexpr QLatin1StringView guidedAbandon{"guidedAbandon"};
inline constexpr QLatin1StringView guidedLater{"guidedLater"};             // "Go on later", at the end "Done"
inline constexpr QLatin1StringView guidedFinish{"guidedFinish"};             // the last step once more, when it failed
inline constexpr QLatin1StringView unfinishedBanner{"unfinishedBanner"};
inline constexpr QLatin1StringView unfinishedResume{"unfinishedResume"};

// Keep a secret, owner and note, history, snippets
inline constexpr QLatin1StringView keepDialog{"keepDialog"};
inline constexpr QLatin1StringView keepSecret{"keepSecret"};               // QLineEdit, masked
inline constexpr QLatin1StringView keepVerdict{"keepVerdict"};             // QLabel: whether it can be one
inline constexpr QLatin1StringView keepSubmit{"keepSubmit"};
inline constexpr QLatin1StringView noteDialog{"noteDialog"};
inline constexpr QLatin1StringView noteOwner{"noteOwner"};                 // QLineEdit
inline constexpr QLatin1StringView noteText{"noteText"};                   // QPlainTextEdit
inline constexpr QLatin1StringView noteSave{"noteSave"};
inline constexpr QLatin1StringView noteExport{"noteExport"};
inline constexpr QLatin1StringView detailsOwner{"detailsOwner"};           // QLabel in the details
inline constexpr QLatin1StringView detailsNote{"detailsNote"};             // QLabel in the details
inline constexpr QLatin1StringView historyDialog{"historyDialog"};
inline constexpr QLatin1StringView historySearch{"historySearch"};         // QLineEdit
inline constexpr QLatin1StringView historyTable{"historyTable"};           // QTableView
inline constexpr QLatin1StringView historyCount{"historyCount"};           // QLabel
inline constexpr QLatin1StringView historyClose{"historyClose"};
inline constexpr QLatin1StringView snippetKind{"snippetKind"};             // QComboBox; item data: int of SnippetKind
inline constexpr QLatin1StringView snippetInclude{"snippetInclude"};       // QCheckBox, visible when the keychain has the secret

} // namespace latchkey::ui::names
