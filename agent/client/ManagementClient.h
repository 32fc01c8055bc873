// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Call.h"

#include "agent/access/Application.h"
#include "agent/access/ServiceToken.h"
#include "agent/base/Error.h"
#include "agent/base/SecretBytes.h"
#include "agent/wire/Envelope.h"
#include "agent/wire/ListQuery.h"

#include <QObject>
#include <QUrl>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

class QNetworkAccessManager;

namespace latchkey::client {

template <typename T>
using Handler = std::move_only_function<void(Result<T>)>;

/// Where a management API is and which account is meant.
struct Endpoint {
    QUrl base;               ///< `http://127.0.0.1:8401/client/v4`, without a slash at its end.
    std::string accountId;   ///< 32 hex.
};

/// A token that was just created, with the secret that is told only now.
struct IssuedToken {
    access::ServiceToken token;
    SecretBytes secret;
};

struct TokenChange {
    std::optional<std::string> name;
    std::optional<access::Duration> duration;
    std::optional<bool> enabled;
    std::optional<std::chrono::sys_seconds> previousSecretEnd = std::nullopt;   ///< Moves the previous secret's end.
};

template <typename T>
struct ListPage {
    std::vector<T> items;
    int totalCount = 0;
};

/// One request of the agent's log, as GET /latchkey/v1/requests tells it.
struct RequestRow {
    std::chrono::sys_seconds at;
    std::string method, host, path, applicationId, tokenId, reason, explanation;
    bool allowed = false;
    int status = 0;
};

/// What GET /latchkey/v1/trust tells of the agent's TLS listener and of the authority that vouches for it.
struct LocalAuthority {
    std::string certificatePem, fingerprint, notAfter, teamHost;
    std::string edgeTls;                                             ///< `https://127.0.0.1:8443`; empty: no TLS listener.
    std::vector<std::string> permittedDns, permittedIp, hosts;       ///< `hosts`: of the applications, some with `*`.
};

/// The management API, of the agent and of Cloudflare alike, over Qt Network. Lives on one thread with a Qt event loop;
/// every call is asynchronous and answers exactly once on that thread, never from inside the call, unless the client is
/// destroyed first. The Call handle cancels (the answer is then ErrorCode::cancelled).
/// Reads are tried again on 429, 5xx and lost connections (at most twice, `Retry-After` obeyed up to 30 s); a write only
/// on 429, which the server answers before it does anything: a create that may have happened is never sent twice.
/// Errors: unauthenticated, forbidden, notFound, conflict, invalidArgument, rateLimited, network, timedOut, protocol.
class ManagementClient final : public QObject {
    Q_OBJECT
public:
    ManagementClient(Endpoint endpoint, SecretBytes apiToken, QObject* parent = nullptr);
    ~ManagementClient() override;

    [[nodiscard]] const Endpoint& endpoint() const { return m_endpoint; }

    CallHandle listTokens(wire::ListQuery query, Handler<ListPage<access::ServiceToken>> handler);
    /// The page only if it is another than `revision` stands for; else an empty one, and `unchanged` is set.
    CallHandle listTokens(wire::ListQuery query, std::shared_ptr<Revision> revision, Handler<ListPage<access::ServiceToken>> handler);
    /// Every page of the list, one after the other.
    CallHandle listAllTokens(Handler<std::vector<access::ServiceToken>> handler);
    CallHandle getToken(const access::TokenId& id, Handler<access::ServiceToken> handler);
    CallHandle createToken(const std::string& name, const access::Duration& duration, Handler<IssuedToken> handler);
    CallHandle updateToken(const access::TokenId& id, const TokenChange& change, Handler<access::ServiceToken> handler);
    CallHandle refreshToken(const access::TokenId& id, Handler<access::ServiceToken> handler);
    /// A new secret; the old one is accepted until `previousEnd`, or no longer.
    CallHandle rotateToken(const access::TokenId& id, std::optional<std::chrono::sys_seconds> previousEnd, Handler<IssuedToken> handler);
    CallHandle deleteToken(const access::TokenId& id, Handler<void> handler);

    CallHandle listAllApplications(Handler<std::vector<access::Application>> handler);
    CallHandle getApplication(const access::ApplicationId& id, Handler<access::Application> handler);
    CallHandle createApplication(const access::Application& wanted, Handler<access::Application> handler);
    CallHandle updateApplication(const access::ApplicationId& id, const access::Application& wanted, Handler<access::Application> handler);
    CallHandle deleteApplication(const access::ApplicationId& id, Handler<void> handler);
    CallHandle revokeSessions(const access::ApplicationId& id, Handler<void> handler);

    // The agent's own calls, under /latchkey/v1.
    CallHandle recentRequests(int limit, Handler<std::vector<RequestRow>> handler);
    /// The whole configuration as `config export` writes it.
    CallHandle exportConfiguration(Handler<Json> handler);
    /// What was done, or (`rehearse`) would be: {"changes":[{action, kind, id, name}],"unchanged"}. `body` is wiped.
    CallHandle importConfiguration(std::string body, bool prune, bool rehearse, Handler<Json> handler);
    /// What the edge would decide about a request, and why. `body`: the API's JSON of it, which may hold a secret; it is wiped.
    CallHandle explain(std::string body, Handler<Json> handler);
    CallHandle localAuthority(Handler<LocalAuthority> handler);
    CallHandle shutdownAgent(Handler<void> handler);

private:
    template <typename T>
    struct PageLoader;

    CallHandle send(ApiRequest request, Handler<wire::Envelope> handler);
    [[nodiscard]] QUrl accountUrl(const QString& tail, const std::string& query = {}) const;
    [[nodiscard]] QUrl ownUrl(const char* path, const std::string& query) const;

    Endpoint m_endpoint;
    SecretBytes m_apiToken;
    std::unique_ptr<QNetworkAccessManager> m_network;
};

} // namespace latchkey::client
