// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ExecEnvironment.h"

#include "agent/base/Json.h"

#include <QFile>
#include <QSslConfiguration>
#include <QUrl>

namespace latchkey::cli {

namespace {

/// Where systems keep their roots in one file: Debian and Ubuntu, Fedora, openSUSE, Alpine and macOS.
constexpr const char* rootFiles[] = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                     "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"};

constexpr char preload[] = R"(// Written by latchkey-agent exec; gone when it ends.
'use strict';
const tls = require('node:tls');
const { hosts, host: listenerHost, port: listenerPort } = __SETTINGS__;
const patterns = hosts.map((host) => host.split('.'));
const isOurs = (name) => {
    const labels = String(name).toLowerCase().replace(/\.$/, '').split('.');
    return patterns.some((pattern) => pattern.length === labels.length
        && pattern.every((label, at) => label === '*' || label === labels[at]));
};
const { connect } = tls;
tls.connect = function (...given) {
    let options = {};
    let callback;
    for (const each of given) {
        if (typeof each === 'function') callback = each;
        else if (typeof each === 'object' && each !== null) options = { ...options, ...each };
        else if (typeof each === 'number' || /^\d+$/.test(each)) options.port = Number(each);
        else if (typeof each === 'string') options.host = each;
    }
    const name = options.host ?? options.hostname;
    if (options.socket || options.path || !name || Number(options.port ?? 443) !== 443 || !isOurs(name))
        return connect.apply(this, given);
    return connect.call(this, { ...options, host: listenerHost, port: listenerPort, lookup: undefined,
        servername: options.servername || name }, callback);
};
require('node:module').syncBuiltinESMExports();
)";

Result<void> write(const QString& path, const QByteArray& bytes)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly | QIODevice::NewOnly) || file.write(bytes) != bytes.size())
        return fail(ErrorCode::io, path.toStdString() + " cannot be written.", file.errorString().toStdString());
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    return {};
}

QByteArray contentsOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// The roots that the child would have without us: those of the person's own bundle, else the system's.
QByteArray systemRoots()
{
    if (const QString own = qEnvironmentVariable("SSL_CERT_FILE"); !own.isEmpty()) {
        if (QByteArray roots = contentsOf(own); !roots.isEmpty())
            return roots;
    }
    for (const char* file : rootFiles) {
        if (QByteArray roots = contentsOf(QString::fromLatin1(file)); !roots.isEmpty())
            return roots;
    }
    QByteArray roots;
    for (const QSslCertificate& root : QSslConfiguration::systemCaCertificates())
        roots += root.toPem();
    return roots;
}

void append(QProcessEnvironment& variables, const QString& name, const QString& more)
{
    const QString before = variables.value(name);
    variables.insert(name, before.isEmpty() ? more : before + QLatin1Char(' ') + more);
}

} // namespace

Result<std::unique_ptr<ExecEnvironment>> ExecEnvironment::create(const client::LocalAuthority& authority)
{
    std::unique_ptr<ExecEnvironment> environment(new ExecEnvironment);
    if (!environment->m_directory.isValid())
        return fail(ErrorCode::io, "No temporary directory can be made.", environment->m_directory.errorString().toStdString());
    environment->m_hosts = authority.hosts;
    environment->m_hosts.push_back(authority.teamHost);
    if (auto written = environment->writeBundle(authority); !written)
        return std::unexpected(written.error());
    if (auto written = environment->writePreload(authority); !written)
        return std::unexpected(written.error());
    return environment;
}

Result<void> ExecEnvironment::writeBundle(const client::LocalAuthority& authority) const
{
    QByteArray bundle = systemRoots();
    if (const QString more = qEnvironmentVariable("NODE_EXTRA_CA_CERTS"); !more.isEmpty())
        bundle += '\n' + contentsOf(more);
    bundle += '\n' + QByteArray::fromStdString(authority.certificatePem);
    return write(m_directory.filePath(QStringLiteral("ca-bundle.pem")), bundle);
}

Result<void> ExecEnvironment::writePreload(const client::LocalAuthority& authority) const
{
    const QUrl listener(QString::fromStdString(authority.edgeTls));
    Json hosts = Json::array();
    for (const std::string& host : m_hosts)
        hosts.push(host);
    const Json settings = Json::object()
                              .set("hosts", std::move(hosts))
                              .set("host", listener.host().toStdString())
                              .set("port", static_cast<std::int64_t>(listener.port()));
    QByteArray script(preload);
    script.replace("__SETTINGS__", QByteArray::fromStdString(settings.dump()));
    return write(m_directory.filePath(QStringLiteral("preload.cjs")), script);
}

void ExecEnvironment::addTo(QProcessEnvironment& variables, const ConnectProxy& proxy) const
{
    const QString url = proxy.url();
    const QString lower = variables.value(QStringLiteral("no_proxy"), variables.value(QStringLiteral("NO_PROXY")));
    const QString direct = QString::fromStdString(NoProxy(lower.toStdString()).without(m_hosts));
    const QString bundle = m_directory.filePath(QStringLiteral("ca-bundle.pem"));
    for (const char* name : {"HTTPS_PROXY", "https_proxy"})
        variables.insert(QString::fromLatin1(name), url);
    for (const char* name : {"NO_PROXY", "no_proxy"})
        variables.insert(QString::fromLatin1(name), direct);
    for (const char* name : {"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO"})
        variables.insert(QString::fromLatin1(name), bundle);
    append(variables, QStringLiteral("NODE_OPTIONS"),
           QStringLiteral("--require \"%1\"").arg(m_directory.filePath(QStringLiteral("preload.cjs"))));
    append(variables, QStringLiteral("JAVA_TOOL_OPTIONS"),
           QStringLiteral("-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=%1").arg(proxy.port()));
}

} // namespace latchkey::cli
