// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "History.h"
#include "InterruptedWork.h"
#include "RotationStore.h"
#include "TokenNotes.h"

#include <QString>

namespace latchkey::app {

/// What this computer remembers about tokens, in the app's data folder. Never a secret.
struct LocalRecords {
    explicit LocalRecords(const QString& folder);

    History history;
    TokenNotes notes;
    RotationStore rotations;
    InterruptedWork work;

    /// Beside a settings file of one's own, else the platform's place for the app's data.
    [[nodiscard]] static QString folderFor(const QString& settingsFile);
};

} // namespace latchkey::app
