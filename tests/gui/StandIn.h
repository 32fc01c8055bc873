// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/client/ManagementClient.h"

#include <QNetworkAccessManager>
#include <QProcess>
#include <QStringList>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QUrl>

#include <functional>
#include <memory>
#include <optional>

class QTcpSocket;

/// A second, real agent that stands in for Cloudflare: another account, with an API token that the app does not know.
class StandIn {
public:
    explicit StandIn(const QByteArray& accountId = "0123456789abcdef0123456789abcdef", const QByteArray& apiToken = "stand-in-token-0123456789abcdef");
    ~StandIn();

    [[nodiscard]] bool isReady() const { return !m_api.isEmpty(); }
    [[nodiscard]] QUrl api() const { return m_api; }
    [[nodiscard]] QString accountId() const { return QString::fromLatin1(m_accountId); }
    [[nodiscard]] QString apiToken() const { return QString::fromLatin1(m_apiToken); }
    /// Behind the app's back.
    [[nodiscard]] bool create(const std::string& name);
    [[nodiscard]] QStringList names();   ///< In the order of the alphabet.

private:
    QTemporaryDir m_directory;
    QByteArray m_accountId;
    QByteArray m_apiToken;
    QProcess m_process;
    QUrl m_api;
    std::unique_ptr<latchkey::client::ManagementClient> m_client;
};

/// Before a StandIn: passes each request on and each answer back, unless it was told otherwise. So the API fails in every
/// way that a real one does, with a real one behind it.
class Gateway final : public QTcpServer {
    Q_OBJECT
public:
    struct Request {
        QByteArray method;
        QByteArray target;
        QByteArray head;
        QByteArray body;
    };
    struct Fault {
        enum class Kind {
            answer,     ///< `status`, `headers` and `body` instead of the API's.
            silence,    ///< Neither passed on nor answered.
            swallow,    ///< Passed on; the answer never comes, and the connection is closed.
        };
        Kind kind = Kind::answer;
        int status = 500;
        QByteArray headers = {};   ///< Whole lines, each with its CRLF.
        QByteArray body = {};
    };
    using Rule = std::function<std::optional<Fault>(const Request&)>;

    explicit Gateway(const QUrl& api);

    void setRule(Rule rule) { m_rule = std::move(rule); }
    void passAll() { m_rule = nullptr; }
    [[nodiscard]] QString base() const;   ///< For the profile's API base URL.
    [[nodiscard]] const QList<Request>& requests() const { return m_requests; }
    void forgetRequests() { m_requests.clear(); }
    [[nodiscard]] int count(const QByteArray& method, const QByteArray& pathEnd) const;   ///< The query apart.

    /// What Cloudflare answers when an API token lacks a right.
    [[nodiscard]] static Fault forbidden();

private:
    void read(QTcpSocket& socket);
    void handle(QTcpSocket& socket, const Request& request);
    void passOn(QTcpSocket& socket, const Request& request, bool answer);
    static void reply(QTcpSocket& socket, int status, const QByteArray& headers, const QByteArray& body);

    QUrl m_api;
    Rule m_rule;
    QList<Request> m_requests;
    QHash<QTcpSocket*, QByteArray> m_buffers;
    QNetworkAccessManager m_network;
};
