// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SystemTrust.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>

#ifndef Q_OS_WIN
#include <unistd.h>
#endif

#include <algorithm>

namespace latchkey::cli {

namespace {

#if defined(Q_OS_WIN)

constexpr const char* systemStore = "your certificate store";

std::vector<TrustStep> systemSteps(bool install, const std::string& certificate, const std::string& name)
{
    if (install)
        return {{systemStore, {"certutil", "-user", "-addstore", "Root", certificate}}};
    return {{systemStore, {"certutil", "-user", "-delstore", "Root", name}}};
}

#elif defined(Q_OS_MACOS)

constexpr const char* systemStore = "your login keychain";

std::vector<TrustStep> systemSteps(bool install, const std::string& certificate, const std::string& name)
{
    const std::string keychain = QDir::homePath().toStdString() + "/Library/Keychains/login.keychain-db";
    if (install)
        return {{systemStore, {"security", "add-trusted-cert", "-r", "trustRoot", "-k", keychain, certificate}}};
    return {{systemStore, {"security", "remove-trusted-cert", certificate}},
            {systemStore, {"security", "delete-certificate", "-c", name, keychain}}};
}

#else

constexpr const char* systemStore = "the system's store";

bool isThere(const char* program)
{
    // sbin is not on everybody's path, and sudo looks there by itself.
    const QString name = QString::fromLatin1(program);
    return !QStandardPaths::findExecutable(name).isEmpty()
        || !QStandardPaths::findExecutable(name, {QStringLiteral("/usr/sbin"), QStringLiteral("/sbin")}).isEmpty();
}

std::string fileNameOf(std::string name)
{
    std::ranges::replace(name, ' ', '-');
    return "/usr/local/share/ca-certificates/" + name + ".crt";
}

std::vector<TrustStep> systemSteps(bool install, const std::string& certificate, const std::string& name)
{
    std::vector<TrustStep> steps;
    if (isThere("update-ca-certificates")) {
        const std::string file = fileNameOf(name);
        if (install) {
            steps.push_back({systemStore, {"install", "-m", "0644", certificate, file}});
            steps.push_back({systemStore, {"update-ca-certificates"}});
        } else {
            steps.push_back({systemStore, {"rm", "-f", file}});
            steps.push_back({systemStore, {"update-ca-certificates", "--fresh"}});
        }
        if (::geteuid() != 0) {
            for (TrustStep& step : steps)
                step.command.insert(step.command.begin(), "sudo");
        }
    }
    const QString database = QDir::homePath() + QStringLiteral("/.pki/nssdb");
    if (isThere("certutil") && QFile::exists(database)) {
        const std::string where = "sql:" + database.toStdString();
        if (install)
            steps.push_back({"the browsers' store", {"certutil", "-d", where, "-A", "-t", "C,,", "-n", name, "-i", certificate}});
        else
            steps.push_back({"the browsers' store", {"certutil", "-d", where, "-D", "-n", name}});
    }
    return steps;
}

#endif

Result<std::vector<TrustStep>> stepsFor(bool install, const std::string& certificate, const std::string& name)
{
    auto steps = systemSteps(install, certificate, name);
    if (steps.empty())
        return fail(ErrorCode::unsupported, "This system's certificate store is not known here. Add " + certificate
                                                + " to it (or remove it) by the system's own means.");
    return steps;
}

} // namespace

Result<std::vector<TrustStep>> installSteps(const std::string& certificate, const std::string& name)
{
    return stepsFor(true, certificate, name);
}

Result<std::vector<TrustStep>> removeSteps(const std::string& certificate, const std::string& name)
{
    return stepsFor(false, certificate, name);
}

Result<void> runStep(const TrustStep& step)
{
    QStringList arguments;
    for (const std::string& word : step.command)
        arguments.append(QString::fromStdString(word));
    const QString program = arguments.takeFirst();
    QProcess process;
    process.setInputChannelMode(QProcess::ForwardedInputChannel);
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);   // standard output is ours to write to
    process.start(program, arguments);
    process.waitForFinished(-1);
    if (process.error() == QProcess::FailedToStart)
        return fail(ErrorCode::io, program.toStdString() + " cannot be run.", process.errorString().toStdString());
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0)
        return fail(ErrorCode::io, program.toStdString() + " did not change " + step.store + '.',
                    process.readAllStandardOutput().trimmed().toStdString());
    return {};
}

} // namespace latchkey::cli
