// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Backup.h"

#include "Database.h"
#include "DatabaseFile.h"
#include "Schema.h"
#include "Text.h"

#include "agent/base/Rfc3339.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace latchkey::store {
namespace {

using Day = std::chrono::year_month_day;

std::string backupDirectory(const std::string& directory)
{
    return directory + "/backups";
}

std::string backupPath(const std::string& directory, Day day)
{
    return backupDirectory(directory) + "/latchkey-" + dayText(day) + ".db";
}

Result<void> copyInto(const std::string& from, const std::string& to)
{
    auto database = Database::open(from, Database::Mode::readWrite);
    if (!database)
        return std::unexpected(database.error());
    if (auto done = (*database)->execute("PRAGMA synchronous = FULL"); !done)
        return done;
    // Source: sqlite.org/lang_vacuum.html: a consistent copy that only reads here; the file may exist when it is empty.
    std::string quoted;
    for (const char c : to)
        quoted.append(c == '\'' ? 2U : 1U, c);
    return (*database)->execute("VACUUM INTO '" + quoted + "'");
}

void dropOld(const std::string& directory)
{
    const auto days = backups(directory);
    for (std::size_t i = kBackupsKept; i < days.size(); ++i)
        QFile::remove(toQt(backupPath(directory, days[i])));
}

/// Moves the database and its companions into a directory of their own; its path, or empty when there was nothing.
Result<std::string> keepAside(const std::string& directory, std::chrono::sys_seconds now)
{
    const QString path = toQt(databasePath(directory));
    const auto stamp = QString::number(now.time_since_epoch().count());
    const QString aside = toQt(backupDirectory(directory)) + QLatin1StringView("/damaged-") + stamp;
    bool isAny = false;
    // The log goes first: without its database it is refused, and a database without its log would look sound but old.
    for (const char* companion : {"-wal", "-shm", ""}) {
        const QString name = path + QLatin1StringView(companion);
        if (!QFileInfo::exists(name))
            continue;
        if (!isAny) {
            if (auto made = prepareDirectory(fromQt(aside)); !made)
                return std::unexpected(made.error());
        }
        isAny = true;
        if (!QFile::rename(name, aside + QLatin1Char('/') + QFileInfo(name).fileName()))
            return fail(ErrorCode::io, "The file " + fromQt(name) + " cannot be moved aside. Check who owns the directory, and that the "
                                       "disk is not read-only.");
    }
    return isAny ? fromQt(aside) : std::string();
}

/// The newest backup that is sound, or the one that is asked for.
Result<Day> choose(const std::string& directory, std::optional<Day> wanted)
{
    const auto days = backups(directory);
    if (wanted) {
        if (std::ranges::find(days, *wanted) == days.end())
            return fail(ErrorCode::notFound, "There is no backup of " + dayText(*wanted) + ". Look into " + backupDirectory(directory) + '.');
        if (auto checked = checkDatabase(backupPath(directory, *wanted)); !checked)
            return std::unexpected(checked.error());
        return *wanted;
    }
    for (const auto day : days) {
        if (checkDatabase(backupPath(directory, day)))
            return day;
    }
    return fail(ErrorCode::notFound, "There is no usable backup in " + backupDirectory(directory) + ". Start with another data directory.");
}

} // namespace

std::string dayText(Day day)
{
    return base::formatRfc3339(std::chrono::sys_days(day)).substr(0, 10);
}

std::optional<Day> dayFrom(const std::string& text)
{
    const auto time = base::parseRfc3339(text + "T00:00:00Z");
    if (!time)
        return std::nullopt;
    return Day(std::chrono::floor<std::chrono::days>(*time));
}

std::vector<Day> backups(const std::string& directory)
{
    std::vector<Day> days;
    const QDir folder(toQt(backupDirectory(directory)));
    const QString before = QStringLiteral("latchkey-");
    const QString after = QStringLiteral(".db");
    for (const QString& name : folder.entryList({before + QLatin1Char('*') + after}, QDir::Files)) {
        if (const auto day = dayFrom(fromQt(name.mid(before.size(), name.size() - before.size() - after.size()))))
            days.push_back(*day);
    }
    std::ranges::sort(days, std::ranges::greater());
    return days;
}

Result<void> backUp(const std::string& directory, Day day)
{
    const auto to = backupPath(directory, day);
    if (QFileInfo::exists(toQt(to)))
        return {};
    if (auto prepared = prepareDirectory(backupDirectory(directory)); !prepared)
        return prepared;
    const auto unfinished = to + ".new";
    if (auto made = makePrivateFile(unfinished); !made)
        return made;
    auto done = copyInto(databasePath(directory), unfinished);
    if (done)
        done = publishFile(unfinished, to);
    if (!done) {
        QFile::remove(toQt(unfinished));
        return done;
    }
    dropOld(directory);
    return {};
}

Result<Restored> restoreBackup(const std::string& directory, std::optional<Day> wanted, std::chrono::sys_seconds now)
{
    const auto day = choose(directory, wanted);
    if (!day)
        return std::unexpected(day.error());
    // A copy first, whole and on the disk; then the old one goes aside and the copy takes its name.
    const auto path = databasePath(directory);
    const auto copy = path + ".new";
    if (auto made = makePrivateFile(copy); !made)
        return std::unexpected(made.error());
    if (auto copied = copyInto(backupPath(directory, *day), copy); !copied)
        return std::unexpected(copied.error());
    auto aside = keepAside(directory, now);
    if (!aside)
        return std::unexpected(aside.error());
    if (auto published = publishFile(copy, path); !published)
        return std::unexpected(published.error());
    return Restored{*day, std::move(*aside)};
}

} // namespace latchkey::store
