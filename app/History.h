// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "ui/HistoryEntry.h"

#include <QString>

#include <vector>

namespace latchkey::app {

/// What was changed from this computer: a file that only grows, one JSON object a line, readable by its owner only. A line
/// is written by one call, so that a crash leaves whole lines and at most one torn one at the end, which reading skips.
class History {
public:
    explicit History(QString path) : m_path(std::move(path)) { }

    [[nodiscard]] Result<void> append(const ui::HistoryEntry& entry);
    /// Newest first; lines that are not ours are left out.
    [[nodiscard]] std::vector<ui::HistoryEntry> load() const;
    [[nodiscard]] const QString& path() const { return m_path; }

private:
    QString m_path;
};

} // namespace latchkey::app
