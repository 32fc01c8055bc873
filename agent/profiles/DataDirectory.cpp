// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "DataDirectory.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

#include <utility>

#ifdef Q_OS_WIN
#include <windows.h>
#else
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace latchkey::profiles {

std::string dataDirectoryPath(const std::string& override)
{
    QString path = QString::fromStdString(override);
    if (path.isEmpty())
        path = qEnvironmentVariable("LATCHKEY_DATA_DIR");
    if (path.isEmpty()) {
        // GenericDataLocation, since the application's name differs between app and agent and the place must not.
        path = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation);
#if defined(Q_OS_WIN) || defined(Q_OS_MACOS)
        path += QStringLiteral("/Latchkey/agent");
#else
        path += QStringLiteral("/latchkey/agent");
#endif
    }
    return QDir::cleanPath(QDir(path).absolutePath()).toStdString();
}

std::string runtimeDirectoryPath()
{
#if defined(Q_OS_WIN) || defined(Q_OS_MACOS)
    return {};
#else
    // Not QStandardPaths: without XDG_RUNTIME_DIR it invents a directory in /tmp and complains on stderr.
    const QString path = qEnvironmentVariable("XDG_RUNTIME_DIR");
    if (path.isEmpty() || !QFileInfo(path).isDir() || !QFileInfo(path).isWritable())
        return {};
    return (path + QStringLiteral("/latchkey")).toStdString();
#endif
}

DataDirectory::DataDirectory(std::string path, std::intptr_t handle)
    : m_path(std::move(path))
    , m_handle(handle)
{
}

DataDirectory::DataDirectory(DataDirectory&& other) noexcept
    : m_path(std::move(other.m_path))
    , m_handle(std::exchange(other.m_handle, -1))
{
}

Result<DataDirectory> DataDirectory::lock(const std::string& path)
{
    const QString directory = QString::fromStdString(path);
    const bool existed = QFileInfo(directory).isDir();
    if (!QDir().mkpath(directory))
        return fail(ErrorCode::io, "The data directory " + path + " cannot be made. Choose another with --data-dir.");
    if (!existed)
        QFile::setPermissions(directory, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    const auto inUse = [&] {
        return fail(ErrorCode::inUse, "Another Latchkey agent uses the data directory " + path
                                          + ". Stop it, or choose another directory with --data-dir.");
    };
    const std::string file = path + "/lock";
#ifdef Q_OS_WIN
    const HANDLE handle = CreateFileW(QString::fromStdString(file).toStdWString().c_str(), GENERIC_READ | GENERIC_WRITE,
                                      FILE_SHARE_READ | FILE_SHARE_WRITE, nullptr, OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
    if (handle == INVALID_HANDLE_VALUE)
        return fail(ErrorCode::io, "The data directory " + path + " cannot be written.");
    OVERLAPPED region{};
    if (!LockFileEx(handle, LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &region)) {
        CloseHandle(handle);
        return inUse();
    }
    return DataDirectory(path, reinterpret_cast<std::intptr_t>(handle));
#else
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return fail(ErrorCode::io, "The data directory " + path + " cannot be written.", std::strerror(errno));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        const int problem = errno;
        ::close(descriptor);
        if (problem == EWOULDBLOCK)
            return inUse();
        return fail(ErrorCode::io, "The data directory " + path + " cannot be locked.", std::strerror(problem));
    }
    return DataDirectory(path, descriptor);
#endif
}

DataDirectory::~DataDirectory()
{
    if (m_handle == -1)
        return;
    // The file stays: removing it would let a third process lock a new one while a second waits on the old.
#ifdef Q_OS_WIN
    CloseHandle(reinterpret_cast<HANDLE>(m_handle));
#else
    ::close(static_cast<int>(m_handle));
#endif
}

} // namespace latchkey::profiles
