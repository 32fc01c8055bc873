// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ChildAgent.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QProcess>
#include <QProcessEnvironment>

namespace latchkey::cli {

namespace {

std::string member(const Json& json, const char* name)
{
    const Json* value = json.find(name);
    const std::string* text = value != nullptr ? value->asString() : nullptr;
    return text != nullptr ? *text : std::string();
}

} // namespace

ChildAgent::ChildAgent()
    : m_process(std::make_unique<QProcess>())
{
}

Result<std::unique_ptr<ChildAgent>> ChildAgent::start(SecretBytes apiToken)
{
    std::unique_ptr<ChildAgent> agent(new ChildAgent);
    if (!agent->m_directory.isValid())
        return fail(ErrorCode::io, "No temporary directory can be made.", agent->m_directory.errorString().toStdString());
    agent->m_apiToken = std::move(apiToken);

    QProcess& process = *agent->m_process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("LATCHKEY_API_TOKEN"),
                       QString::fromUtf8(agent->m_apiToken.reveal().data(), static_cast<qsizetype>(agent->m_apiToken.size())));
    environment.remove(QStringLiteral("LATCHKEY_DATA_DIR"));
    process.setProcessEnvironment(environment);
    process.setProgram(QCoreApplication::applicationFilePath());
    process.setArguments({QStringLiteral("serve"), QStringLiteral("--data-dir"), agent->m_directory.path(),
                          QStringLiteral("--vault"), QStringLiteral("memory"), QStringLiteral("--api"),
                          QStringLiteral("127.0.0.1:0"), QStringLiteral("--edge"), QStringLiteral("127.0.0.1:0"),
                          QStringLiteral("--stop-with-stdin")});
    process.start();
    process.setProcessEnvironment(QProcessEnvironment());

    QElapsedTimer waited;
    waited.start();
    while (!process.canReadLine() && waited.elapsed() < 15000) {
        if (!process.waitForReadyRead(200) && process.state() == QProcess::NotRunning)
            break;
    }
    const QByteArray line = process.readLine();
    const auto ready = parseJson(std::string_view(line.constData(), static_cast<std::size_t>(line.size())));
    if (!ready || member(*ready, "event") != "ready")
        return fail(ErrorCode::internal, "The demonstration agent did not start.", process.readAllStandardError().toStdString());
    agent->m_api = member(*ready, "api");
    agent->m_edge = member(*ready, "edge");
    agent->m_accountId = member(*ready, "account_id");
    return agent;
}

bool ChildAgent::stop()
{
    if (m_process->state() == QProcess::NotRunning)
        return m_process->exitStatus() == QProcess::NormalExit && m_process->exitCode() == 0;
    m_process->closeWriteChannel();
    return m_process->waitForFinished(5000) && m_process->exitStatus() == QProcess::NormalExit && m_process->exitCode() == 0;
}

ChildAgent::~ChildAgent()
{
    if (!stop()) {
        m_process->kill();
        m_process->waitForFinished(2000);
    }
}

} // namespace latchkey::cli
