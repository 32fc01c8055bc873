// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ConfigurationFile.h"

#include <QFile>
#include <QSaveFile>

#include <cstdio>

namespace latchkey::cli {

namespace {

constexpr qint64 kLargestFile = qint64{1} << 30;

} // namespace

Result<std::string> readConfigurationFile(const std::string& path)
{
    QFile file(QString::fromStdString(path));
    const bool opened = path == "-" ? file.open(stdin, QIODevice::ReadOnly) : file.open(QIODevice::ReadOnly);
    if (!opened)
        return fail(ErrorCode::invalidArgument, "The file " + path + " cannot be read: " + file.errorString().toStdString() + '.');
    if (file.size() > kLargestFile)
        return fail(ErrorCode::invalidArgument, "The file " + path + " is too large for a configuration.");
    // Read in one piece where the size is known: a buffer that grows would leave copies of secrets behind.
    QByteArray bytes = file.readAll();
    std::string text(bytes.constData(), static_cast<std::size_t>(bytes.size()));
    bytes.fill('\0');
    return text;
}

Result<void> writeConfigurationFile(const std::string& path, const std::string& text)
{
    QSaveFile file(QString::fromStdString(path));
    const auto size = static_cast<qint64>(text.size());
    if (!file.open(QIODevice::WriteOnly) || !file.setPermissions(QFile::ReadOwner | QFile::WriteOwner)
        || file.write(text.data(), size) != size || !file.commit())
        return fail(ErrorCode::io, "The file " + path + " cannot be written: " + file.errorString().toStdString() + '.');
    return {};
}

} // namespace latchkey::cli
