// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "DatabaseFile.h"

#include "Database.h"
#include "Text.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#ifdef Q_OS_UNIX
#include <fcntl.h>
#include <unistd.h>
#endif

#include <array>

namespace latchkey::store {
namespace {

constexpr auto kOwnerFile = QFile::ReadOwner | QFile::WriteOwner;
constexpr auto kOwnerDirectory = QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner;
constexpr auto kOthers = QFile::ReadGroup | QFile::WriteGroup | QFile::ExeGroup | QFile::ReadOther | QFile::WriteOther
                         | QFile::ExeOther;
constexpr std::array kCompanions{"", "-wal", "-shm"};

[[nodiscard]] bool isOpenToOthers(const QString& path)
{
#ifdef Q_OS_UNIX
    return bool(QFile::permissions(path) & kOthers);
#else
    static_cast<void>(path);   // The profile's directory is the person's own by its access list.
    return false;
#endif
}

/// So that a rename or a new file is on the disk, not only its contents.
[[nodiscard]] bool syncDirectory(const QString& directory)
{
#ifdef Q_OS_UNIX
    const int descriptor = ::open(QFile::encodeName(directory).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    const bool done = ::fsync(descriptor) == 0;
    ::close(descriptor);
    return done;
#else
    static_cast<void>(directory);   // NTFS journals its names.
    return true;
#endif
}

} // namespace

std::string databasePath(const std::string& directory)
{
    return directory + "/latchkey.db";
}

Result<void> prepareDirectory(const std::string& directory)
{
    const QString path = QDir::cleanPath(toQt(directory));
    const QFileInfo info(path);
    if (!info.exists()) {
        QDir().mkpath(info.path());
        if (!QDir().mkdir(path, kOwnerDirectory))
            return fail(ErrorCode::io, "The data directory " + directory + " cannot be made. Choose another one or check who "
                                       "owns the directory above it.");
        return {};
    }
    if (!info.isDir())
        return fail(ErrorCode::io, "The data directory " + directory + " is not a directory. Choose another one.");
    // Someone else's directory (a container's volume) cannot be narrowed; the files in it are 0600 all the same.
    if (isOpenToOthers(path))
        static_cast<void>(QFile::setPermissions(path, kOwnerDirectory));
    return {};
}

Result<bool> databaseExists(const std::string& path)
{
    const QString name = toQt(path);
    if (QFileInfo::exists(name))
        return true;
    if (QFileInfo(name + QLatin1StringView("-wal")).size() > 0)
        return std::unexpected(damagedError(path, "the database is missing but its write-ahead log is there"));
    return false;
}

Result<void> makePrivateFile(const std::string& path)
{
    const QString name = toQt(path);
    for (const char* companion : {"", "-wal", "-shm", "-journal"})
        QFile::remove(name + QLatin1StringView(companion));
    QFile file(name);
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly, kOwnerFile))
        return fail(ErrorCode::io, "The file " + path + " cannot be made. Check who owns the directory, and that the disk is "
                                   "neither full nor read-only.", fromQt(file.errorString()));
    return {};
}

Result<void> keepPrivate(const std::string& path)
{
    for (const char* companion : kCompanions) {
        const QString name = toQt(path) + QLatin1StringView(companion);
        if (QFileInfo::exists(name) && isOpenToOthers(name) && !QFile::setPermissions(name, kOwnerFile))
            return fail(ErrorCode::io, "Other people can read " + fromQt(name) + " and it belongs to someone else. Give it "
                                       "back to the account Latchkey runs as.");
    }
    return {};
}

Result<void> publishFile(const std::string& from, const std::string& to)
{
    QFile file(toQt(from));
    if (!file.rename(toQt(to)))
        return fail(ErrorCode::io, "The file " + from + " cannot be renamed. Check who owns the directory.",
                    fromQt(file.errorString()));
    if (!syncDirectory(QFileInfo(toQt(to)).path()))
        return fail(ErrorCode::io, "The directory of " + to + " cannot be written to the disk. Check the disk.");
    return {};
}

} // namespace latchkey::store
