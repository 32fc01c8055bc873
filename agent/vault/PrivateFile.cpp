// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "PrivateFile.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#ifdef Q_OS_WIN
#include <QLockFile>
#include <windows.h>
#else
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace latchkey::vault {
namespace {

constexpr qint64 kLargest = qint64{4} << 20;
constexpr auto kOwnerDirectory = QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner;

std::unexpected<Error> cannot(const char* verb, const std::string& path, std::string detail)
{
    return fail(ErrorCode::io, "The file " + path + " cannot be " + verb + ". Check who owns it and its directory, and that the "
                               "disk is neither full nor read-only.", std::move(detail));
}

#ifndef Q_OS_WIN
class Descriptor {
public:
    explicit Descriptor(int number) : m_number(number) { }
    ~Descriptor()
    {
        if (m_number >= 0)
            ::close(m_number);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int number() const { return m_number; }
    [[nodiscard]] bool isOpen() const { return m_number >= 0; }

private:
    int m_number;
};

std::string systemWords()
{
    return std::strerror(errno);
}

[[nodiscard]] bool writeAll(int descriptor, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

[[nodiscard]] bool readAll(int descriptor, std::string& bytes)
{
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t count = ::read(descriptor, bytes.data() + done, bytes.size() - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        done += static_cast<std::size_t>(count);
    }
    return true;
}

Result<void> checkPrivate(const struct stat& status, const std::string& path)
{
    if (!S_ISREG(status.st_mode))
        return fail(ErrorCode::vaultDenied, "The vault's file " + path + " is not a plain file. Move it away.");
    if (status.st_uid != ::geteuid())
        return fail(ErrorCode::vaultDenied, "The vault's file " + path + " belongs to someone else. Run Latchkey as its owner.");
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return fail(ErrorCode::vaultDenied, "Other people can read the vault's file " + path + ". Its secrets may be known to "
                                            "them: run chmod 600 on it, then replace what it holds.");
    if (status.st_size > kLargest)
        return fail(ErrorCode::damaged, "The vault's file " + path + " is far too large to be one. Put it back from a backup.");
    return {};
}

class FlockedDirectory final : public DirectoryLock {
public:
    explicit FlockedDirectory(int number) : m_descriptor(number) { }
    [[nodiscard]] bool lock() const
    {
        int result = -1;
        while ((result = ::flock(m_descriptor.number(), LOCK_EX)) != 0 && errno == EINTR) { }
        return result == 0;
    }

private:
    Descriptor m_descriptor;
};
#endif

} // namespace

Result<void> preparePrivateDirectory(const std::string& directory)
{
    const QString path = QDir::cleanPath(QString::fromStdString(directory));
    const QFileInfo info(path);
    if (!info.exists()) {
        QDir().mkpath(info.path());
        if (!QDir().mkdir(path, kOwnerDirectory))
            return cannot("made", directory, {});
        return {};
    }
    if (!info.isDir())
        return cannot("used as a directory", directory, {});
#ifndef Q_OS_WIN
    struct stat status{};
    if (::stat(directory.c_str(), &status) != 0)
        return cannot("looked at", directory, systemWords());
    const bool isOurs = status.st_uid == ::geteuid();
    const bool isNarrowed = (status.st_mode & 0077U) == 0 || (isOurs && ::chmod(directory.c_str(), 0700) == 0);
    // Whoever can write the directory can put a file of their own in the vault's place.
    if (!isNarrowed && (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return fail(ErrorCode::vaultDenied, "Other people can write the directory " + directory + ". Run chmod 700 on it.");
#endif
    return {};
}

#ifndef Q_OS_WIN

Result<std::optional<SecretBytes>> readPrivateFile(const std::string& path)
{
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file.isOpen()) {
        if (errno == ENOENT || errno == ENOTDIR)
            return std::nullopt;
        if (errno == ELOOP)
            return fail(ErrorCode::vaultDenied, "The vault's file " + path + " is a symbolic link. Put the file itself there.");
        return cannot("read", path, systemWords());
    }
    struct stat status{};
    if (::fstat(file.number(), &status) != 0)
        return cannot("read", path, systemWords());
    if (auto isPrivate = checkPrivate(status, path); !isPrivate)
        return std::unexpected(isPrivate.error());
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    const bool isWhole = readAll(file.number(), bytes);
    SecretBytes contents{std::string_view(bytes)};
    base::wipe(bytes);
    if (!isWhole)
        return cannot("read", path, "it became shorter");
    return contents;
}

Result<void> replacePrivateFile(const std::string& path, const SecretBytes& contents)
{
    const std::string beside = path + ".new";
    ::unlink(beside.c_str());   // What a process that was killed left there; the directory's lock is ours.
    {
        const Descriptor file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!file.isOpen())
            return cannot("written", path, systemWords());
        if (!writeAll(file.number(), contents.reveal()) || ::fsync(file.number()) != 0) {
            const std::string words = systemWords();
            ::unlink(beside.c_str());
            return cannot("written", path, words);
        }
    }
    if (::rename(beside.c_str(), path.c_str()) != 0) {
        const std::string words = systemWords();
        ::unlink(beside.c_str());
        return cannot("replaced", path, words);
    }
    const std::string directory = path.substr(0, path.rfind('/'));
    const Descriptor above(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!above.isOpen() || ::fsync(above.number()) != 0)
        return cannot("synced", path, systemWords());
    return {};
}

Result<std::unique_ptr<DirectoryLock>> lockDirectory(const std::string& directory)
{
    auto lock = std::make_unique<FlockedDirectory>(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock->lock())
        return cannot("locked", directory, systemWords());
    return lock;
}

#else

Result<std::optional<SecretBytes>> readPrivateFile(const std::string& path)
{
    QFile file(QString::fromStdString(path));
    if (!file.exists())
        return std::nullopt;
    if (!file.open(QIODevice::ReadOnly | QIODevice::Unbuffered))
        return cannot("read", path, file.errorString().toStdString());
    if (file.size() > kLargest)
        return fail(ErrorCode::damaged, "The vault's file " + path + " is far too large to be one. Put it back from a backup.");
    std::string bytes(static_cast<std::size_t>(file.size()), '\0');
    const bool isWhole = file.read(bytes.data(), file.size()) == file.size();
    SecretBytes contents{std::string_view(bytes)};
    base::wipe(bytes);
    if (!isWhole)
        return cannot("read", path, "it became shorter");
    return contents;
}

Result<void> replacePrivateFile(const std::string& path, const SecretBytes& contents)
{
    const QString beside = QString::fromStdString(path) + QStringLiteral(".new");
    const std::wstring from = QDir::toNativeSeparators(beside).toStdWString();
    const std::wstring to = QDir::toNativeSeparators(QString::fromStdString(path)).toStdWString();
    const HANDLE file = ::CreateFileW(from.c_str(), GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
    if (file == INVALID_HANDLE_VALUE)
        return cannot("written", path, qt_error_string(static_cast<int>(::GetLastError())).toStdString());
    const std::string_view bytes = contents.reveal();
    DWORD written = 0;
    const bool isWritten = ::WriteFile(file, bytes.data(), static_cast<DWORD>(bytes.size()), &written, nullptr) != 0
                           && written == bytes.size() && ::FlushFileBuffers(file) != 0;
    ::CloseHandle(file);
    if (!isWritten || ::MoveFileExW(from.c_str(), to.c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH) == 0) {
        const std::string words = qt_error_string(static_cast<int>(::GetLastError())).toStdString();
        ::DeleteFileW(from.c_str());
        return cannot("written", path, words);
    }
    return {};
}

namespace {

class LockedFile final : public DirectoryLock {
public:
    explicit LockedFile(const QString& path) : m_file(path) { }
    [[nodiscard]] bool lock() { return m_file.tryLock(5000); }

private:
    QLockFile m_file;
};

} // namespace

Result<std::unique_ptr<DirectoryLock>> lockDirectory(const std::string& directory)
{
    auto lock = std::make_unique<LockedFile>(QString::fromStdString(directory) + QStringLiteral("/vault.lock"));
    if (!lock->lock())
        return cannot("locked", directory, {});
    return lock;
}

#endif

} // namespace latchkey::vault
