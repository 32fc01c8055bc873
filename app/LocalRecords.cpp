// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "LocalRecords.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

namespace latchkey::app {

LocalRecords::LocalRecords(const QString& folder)
    : history(QDir(folder).filePath(QStringLiteral("history.jsonl")))
    , notes(QDir(folder).filePath(QStringLiteral("token-notes.json")))
    , rotations(QDir(folder).filePath(QStringLiteral("guided-rotations.json")))
    , work(folder)
{
}

QString LocalRecords::folderFor(const QString& settingsFile)
{
    return settingsFile.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) : QFileInfo(settingsFile).absolutePath();
}

} // namespace latchkey::app
