// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "InstalledAuthority.h"

#include <QFile>
#include <QSaveFile>
#include <QSslCertificate>

namespace latchkey::cli {

namespace {

QString markPath(const std::string& dataDirectory)
{
    return QString::fromStdString(dataDirectory + "/ca-installed");
}

} // namespace

std::string installedAuthority(const std::string& dataDirectory)
{
    QFile file(markPath(dataDirectory));
    return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed().toStdString() : std::string();
}

Result<void> setInstalledAuthority(const std::string& dataDirectory, const std::string& fingerprint)
{
    const QString path = markPath(dataDirectory);
    if (fingerprint.empty()) {
        QFile::remove(path);
        return {};
    }
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(QByteArray::fromStdString(fingerprint + '\n')) < 0 || !file.commit())
        return fail(ErrorCode::io, path.toStdString() + " cannot be written.", file.errorString().toStdString());
    return {};
}

std::string authorityFile(const std::string& dataDirectory)
{
    return dataDirectory + "/ca.pem";
}

std::string authorityName(const std::string& dataDirectory)
{
    const auto found = QSslCertificate::fromPath(QString::fromStdString(authorityFile(dataDirectory)));
    return found.isEmpty() ? std::string() : found.front().subjectInfo(QSslCertificate::CommonName).value(0).toStdString();
}

void tellSteps(const Terminal& terminal, const std::vector<TrustStep>& steps, std::string_view before)
{
    terminal.errorLine(before);
    for (const TrustStep& step : steps) {
        std::string line = " ";
        for (const std::string& word : step.command)
            line += ' ' + printable(word);
        terminal.errorLine(line);
    }
}

} // namespace latchkey::cli
