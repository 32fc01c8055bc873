// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Harness.h"

#include "agent/access/ClientSecret.h"
#include "agent/api/Api.h"
#include "agent/base/Encoding.h"
#include "agent/base/Json.h"
#include "agent/base/Rfc3339.h"
#include "agent/wire/Envelope.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QtTest>

/// An agent, its API on a real port, and a client that sees everything the API says.
namespace apiTesting {

using namespace latchkey;
using namespace latchkey::control::test;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

struct Reply {
    int status = 0;
    QByteArray body;
    QList<QNetworkReply::RawHeaderPair> headers;
    wire::Envelope envelope;

    const Json& result() const { return envelope.result; }
    std::string text(std::string_view member) const
    {
        const auto* value = envelope.result.find(member);
        const auto* string = value ? value->asString() : nullptr;
        return string ? *string : std::string();
    }
    int errorCode() const { return envelope.errors.empty() ? 0 : envelope.errors.front().code; }
    std::string message() const { return envelope.errors.empty() ? std::string() : envelope.errors.front().message; }
    QByteArray header(const QByteArray& name) const
    {
        for (const auto& [key, value] : headers) {
            if (key.compare(name, Qt::CaseInsensitive) == 0)
                return value;
        }
        return {};
    }
};

/// What the tests of the API over HTTP stand on; each test has an agent of its own.
class ApiTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        m_agent = std::make_unique<Agent>(m_directory->path().toStdString(), vault::VaultKind::memory);
        m_agent->options.apiTokenPreset = SecretBytes(std::string_view("preset-api-token-0123"));
        m_agent->options.accountId = "0123456789abcdef0123456789abcdef";
        QVERIFY(m_agent->start());
        auto api = api::Api::start({.host = "127.0.0.1", .port = 0, .hostNames = {"agent.internal"}}, m_agent->control(), m_agent->log);
        QVERIFY(api);
        m_api = std::move(*api);
        m_network = std::make_unique<QNetworkAccessManager>();
        m_origin = u"http://127.0.0.1:"_s + QString::number(m_api->port());
        m_account = u"/client/v4/accounts/0123456789abcdef0123456789abcdef"_s;
        m_bearer = "Bearer preset-api-token-0123";
    }

    void cleanup()
    {
        m_network.reset();
        if (m_api)
            m_api->stop(1s);
        m_api.reset();
        m_agent.reset();
    }

protected:
    Reply send(const QByteArray& verb, const QString& path, const QByteArray& body = {},
               const QList<QPair<QByteArray, QByteArray>>& headers = {})
    {
        QNetworkRequest request(QUrl(m_origin + path));
        if (!body.isEmpty())
            request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
        request.setRawHeader("Authorization", m_bearer);
        for (const auto& [name, value] : headers)
            request.setRawHeader(name, value);
        std::unique_ptr<QNetworkReply> reply(m_network->sendCustomRequest(request, verb, body));
        Reply answer;
        if (!QTest::qWaitFor([&] { return reply->isFinished(); }, 20'000))
            return answer;
        answer.status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        answer.body = reply->readAll();
        answer.headers = reply->rawHeaderPairs();
        if (auto envelope = wire::decodeEnvelope(answer.body.toStdString()))
            answer.envelope = std::move(*envelope);
        return answer;
    }
    Reply get(const QString& path) { return send("GET", path); }
    QString tokens(const QString& tail = {}) const { return m_account + u"/access/service_tokens"_s + tail; }
    QString apps(const QString& tail = {}) const { return m_account + u"/access/apps"_s + tail; }
    static QString slash(const std::string& id) { return u'/' + QString::fromStdString(id); }

    /// What the server says to bytes that no client library would send.
    QByteArray raw(const QByteArray& bytes)
    {
        QTcpSocket socket;
        socket.connectToHost(u"127.0.0.1"_s, m_api->port());
        socket.waitForConnected();
        socket.write(bytes);
        QByteArray answer;
        const bool closed = QTest::qWaitFor([&] {
            answer += socket.readAll();
            return socket.state() == QAbstractSocket::UnconnectedState;
        }, 20'000);
        return closed ? answer + socket.readAll() : QByteArray();
    }

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Agent> m_agent;
    std::unique_ptr<api::Api> m_api;
    std::unique_ptr<QNetworkAccessManager> m_network;
    QString m_origin;
    QString m_account;
    QByteArray m_bearer;
};

} // namespace apiTesting
