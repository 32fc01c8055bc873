// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Discovery.h"

#include "DataDirectory.h"

#include "agent/base/Json.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <QUrl>

#include <utility>

#ifndef Q_OS_WIN
#include <unistd.h>
#endif

namespace latchkey::profiles {

namespace {

constexpr qint64 largestFile = 16384;

std::string encode(const AgentInfo& info)
{
    Json json = Json::object();
    json.set("agent_id", info.agentId)
        .set("version", info.version)
        .set("pid", info.pid)
        .set("started_at", info.startedAt)
        .set("api", info.api)
        .set("edge", info.edge)
        .set("edge_tls", info.edgeTls.empty() ? Json() : Json(info.edgeTls))
        .set("data_dir", info.dataDirectory)
        .set("vault", info.vault);
    return json.dump() + '\n';
}

std::optional<AgentInfo> decode(const QByteArray& bytes)
{
    const auto json = parseJson(std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
    if (!json)
        return std::nullopt;
    const auto text = [&](std::string_view name) {
        const Json* member = json->find(name);
        const std::string* value = member != nullptr ? member->asString() : nullptr;
        return value != nullptr ? *value : std::string();
    };
    AgentInfo info;
    info.agentId = text("agent_id");
    info.version = text("version");
    if (const Json* pid = json->find("pid"))
        info.pid = pid->asInteger().value_or(0);
    info.startedAt = text("started_at");
    info.api = text("api");
    info.edge = text("edge");
    info.edgeTls = text("edge_tls");
    info.dataDirectory = text("data_dir");
    info.vault = text("vault");
    const QUrl api(QString::fromStdString(info.api), QUrl::StrictMode);
    if (info.agentId.empty() || !api.isValid() || api.scheme() != QLatin1String("http") || api.host().isEmpty())
        return std::nullopt;
    return info;
}

/// Whether only this user can have written the file.
bool isOurs(const QFileInfo& file)
{
#ifdef Q_OS_WIN
    Q_UNUSED(file)
    return true;   // it lies inside the user's profile
#else
    return file.ownerId() == ::geteuid() && !file.isSymLink()
        && (file.permissions() & (QFile::WriteGroup | QFile::WriteOther)) == QFile::Permissions();
#endif
}

std::optional<AgentInfo> load(const QString& path)
{
    const QFileInfo info(path);
    if (!info.isFile() || !isOurs(info) || info.size() > largestFile)
        return std::nullopt;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return std::nullopt;
    return decode(file.read(largestFile));
}

} // namespace

DiscoveryFile::DiscoveryFile(std::string path)
    : m_path(std::move(path))
{
}

DiscoveryFile::DiscoveryFile(DiscoveryFile&& other) noexcept
    : m_path(std::exchange(other.m_path, {}))
{
}

DiscoveryFile::~DiscoveryFile()
{
    if (!m_path.empty())
        QFile::remove(QString::fromStdString(m_path));
}

Result<DiscoveryFile> DiscoveryFile::publish(const AgentInfo& info)
{
    const std::string runtime = runtimeDirectoryPath();
    std::string path = info.dataDirectory + "/run.json";
    if (!runtime.empty()) {
        const QString directory = QString::fromStdString(runtime);
        if (!QDir().mkpath(directory))
            return fail(ErrorCode::io, "The directory " + runtime + " cannot be made.");
        QFile::setPermissions(directory, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        path = runtime + "/" + info.agentId + ".json";
    }
    QSaveFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::WriteOnly))
        return fail(ErrorCode::io, "The discovery file " + path + " cannot be written.", file.errorString().toStdString());
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    file.write(QByteArray::fromStdString(encode(info)));
    if (!file.commit())
        return fail(ErrorCode::io, "The discovery file " + path + " cannot be written.", file.errorString().toStdString());
    return DiscoveryFile(path);
}

std::vector<AgentInfo> findAgents(const std::string& dataDirectory)
{
    std::vector<AgentInfo> agents;
    if (const std::string runtime = runtimeDirectoryPath(); !runtime.empty()) {
        const QDir directory(QString::fromStdString(runtime));
        for (const QString& name : directory.entryList({QStringLiteral("*.json")}, QDir::Files, QDir::Time)) {
            if (auto info = load(directory.filePath(name)))
                agents.push_back(std::move(*info));
        }
    }
    if (auto info = load(QString::fromStdString(dataDirectory + "/run.json")))
        agents.push_back(std::move(*info));
    return agents;
}

std::optional<AgentInfo> findAgent(const std::string& dataDirectory)
{
    for (AgentInfo& info : findAgents(dataDirectory)) {
        if (info.dataDirectory == dataDirectory)
            return std::move(info);
    }
    return std::nullopt;
}

} // namespace latchkey::profiles
