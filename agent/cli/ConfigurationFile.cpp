// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ConfigurationFile.h"

#include "agent/base/SecretBytes.h"

#include <QFile>
#include <QSaveFile>

#include <algorithm>
#include <array>
#include <cstdio>

namespace latchkey::cli {

namespace {

/// What comes through a pipe, up to one byte more than `largest`; no copy of a piece is left behind.
SecretBytes readAllOf(QFile& file, std::size_t largest)
{
    SecretBytes text;
    std::array<char, 64 * 1024> piece{};
    while (text.size() <= largest) {
        const qint64 count = file.read(piece.data(), static_cast<qint64>(std::min(piece.size(), largest + 1 - text.size())));
        if (count <= 0)
            break;
        text.append({piece.data(), static_cast<std::size_t>(count)});
    }
    base::wipe(piece.data(), piece.size());
    return text;
}

} // namespace

Result<std::string> readConfigurationFile(const std::string& path, std::size_t largest)
{
    const bool isInput = path == "-";
    QFile file(QString::fromStdString(path));
    if (!(isInput ? file.open(stdin, QIODevice::ReadOnly) : file.open(QIODevice::ReadOnly)))
        return fail(ErrorCode::invalidArgument, "The file " + path + " cannot be read: " + file.errorString().toStdString() + '.');
    const auto tooLarge = [&] {
        return fail(ErrorCode::invalidArgument, (isInput ? std::string("Standard input") : "The file " + path) + " is larger than "
                                                    + std::to_string(largest >> 20U) + " MiB, the most that a configuration may have here.");
    };
    if (isInput || file.isSequential()) {
        const SecretBytes text = readAllOf(file, largest);
        return text.size() > largest ? Result<std::string>(tooLarge()) : std::string(text.reveal());
    }
    if (file.size() > static_cast<qint64>(largest))
        return tooLarge();
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
