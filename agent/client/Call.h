// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/base/SecretBytes.h"
#include "agent/wire/Envelope.h"

#include <QObject>
#include <QPointer>
#include <QSslConfiguration>
#include <QUrl>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

class QNetworkAccessManager;
class QNetworkReply;

namespace latchkey::client {

enum class Verb { get, post, put, patch, del };

/// What a list was when it was asked for: the server's ETag, if it gives any.
struct Revision {
    std::string tag;          ///< In: the one that is known, or empty. Out: that of the answer.
    bool unchanged = false;   ///< Out: it is still the known one, and the answer is empty (HTTP 304).
};

/// One request to a management API, before it is sent.
struct ApiRequest {
    Verb verb = Verb::get;
    QUrl url;
    std::string body;            ///< JSON, or empty.
    bool replyHoldsSecret = false;
    std::shared_ptr<Revision> revision = {};
};

class Pacer;

/// What the calls of one client have in common; all of it outlives them.
struct CallContext {
    QNetworkAccessManager& network;
    const SecretBytes& apiToken;
    Pacer& pacer;
    std::chrono::milliseconds transferTimeout;
    std::optional<QSslConfiguration> tls;   ///< nullopt: the system's.
};

/// A request under way: sends, waits, tries again where that is safe, decodes the envelope. Deletes itself when done.
class Call final : public QObject {
    Q_OBJECT
public:
    using Done = std::move_only_function<void(Result<wire::Envelope>)>;

    Call(const CallContext& context, ApiRequest request, Done done, QObject* parent);
    ~Call() override;

    void start();
    void cancel();

    static constexpr int maxRetries = 2;
    static constexpr std::chrono::seconds longestRetryAfter{30};
    static constexpr std::chrono::seconds transferTimeout{30};   ///< Unless CallContext says otherwise.

private:
    void attempt();
    bool waitForPause();
    void replied();
    bool retry(int status, bool connectionLost);
    void finish(Result<wire::Envelope> result);

    const CallContext& m_context;
    ApiRequest m_request;
    Done m_done;
    QPointer<QNetworkReply> m_reply;
    int m_retries = 0;
    bool m_cancelled = false;
};

/// What a caller keeps of a call, or of several in a row: lets it cancel, and may be dropped.
class CallHandle {
public:
    CallHandle() : m_call(std::make_shared<QPointer<Call>>()) { }
    explicit CallHandle(Call* call) : m_call(std::make_shared<QPointer<Call>>(call)) { }

    void cancel()
    {
        if (*m_call)
            (*m_call)->cancel();
    }
    [[nodiscard]] bool isActive() const { return !m_call->isNull(); }
    /// The next call of a row takes the place of the one before, in every copy of this handle.
    void follow(const CallHandle& next) { *m_call = *next.m_call; }

private:
    std::shared_ptr<QPointer<Call>> m_call;
};

} // namespace latchkey::client
