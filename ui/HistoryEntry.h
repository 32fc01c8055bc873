// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "agent/access/Ids.h"

#include <chrono>

namespace latchkey::ui {

/// What was done to a token from this computer.
enum class ChangeKind {
    created,
    refreshed,
    rotated,
    previousEnded,
    previousMoved,
    enabled,
    disabled,
    renamed,
    durationChanged,
    deleted,
    secretKept,
    guidedBegun,
    guidedDone,
    guidedAbandoned,
};

/// One line of the local history. Never a secret.
struct HistoryEntry {
    std::chrono::sys_seconds at{};
    QString profileId;
    QString account;      ///< The profile's name at that time.
    ChangeKind kind = ChangeKind::created;
    access::TokenId token;
    QString tokenName;
    QString detail;       ///< "grafana → grafana-prod", "previous secret until …"; may be empty.

    bool operator==(const HistoryEntry&) const = default;
};

} // namespace latchkey::ui
