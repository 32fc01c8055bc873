// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Call.h"

#include "agent/access/Advice.h"
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
    std::string zoneId = {}; ///< Service tokens and applications of one zone instead of the account's; empty: the account's.
};

struct ClientOptions {
    std::chrono::milliseconds transferTimeout = Call::transferTimeout;
    std::optional<QSslConfiguration> tls = std::nullopt;   ///< nullopt: the system's certificate authorities. See trusting().
};

/// The system's certificate authorities and those of a PEM file: a company's proxy, a gateway of one's own.
[[nodiscard]] Result<QSslConfiguration> trusting(const QString& caFile);

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

/// An account or a zone that an API token reaches.
struct NamedPlace {
    std::string id, name;
    bool operator==(const NamedPlace&) const = default;
};

/// What an API token may be able to do. Source: access-facts, "Permissions an API token needs".
enum class ApiRight { readTokens, editTokens, readApplications };

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

/// How a configuration is brought in.
struct ConfigurationImport {
    bool prune = false;         ///< Also remove what it does not name.
    bool rehearse = false;      ///< Only tell what would happen.
    bool withoutKeys = false;   ///< Leave the keys that it brings alone.
    std::optional<SecretBytes> passphrase = std::nullopt;   ///< Of the keys that it brings.
};

/// What GET /latchkey/v1/trust tells of the agent's TLS listener and of the authority that vouches for it.
struct LocalAuthority {
    std::string certificatePem, fingerprint, notAfter, teamHost;
    std::string edgeTls;                                             ///< `https://127.0.0.1:8443`; empty: no TLS listener.
    std::vector<std::string> permittedDns, permittedIp, hosts;       ///< `hosts`: of the applications, some with `*`.
};

/// Called after each page of a long list: what is loaded so far, and how many there are.
template <typename T>
using PageHandler = std::move_only_function<void(const std::vector<T>& soFar, int total)>;

/// The management API, of the agent and of Cloudflare alike, over Qt Network. Lives on one thread with a Qt event loop;
/// every call is asynchronous and answers exactly once on that thread, never from inside the call, unless the client is
/// destroyed first. A host that is not this machine is reached through the system's proxy, if it has one. The Call handle cancels (the answer is then ErrorCode::cancelled).
/// Reads are tried again on 429, 5xx and lost connections (at most twice, `Retry-After` obeyed up to 30 s); a write only
/// on 429, which the server answers before it does anything: a create that may have happened is never sent twice. While
/// the server's pause lasts nothing is sent: what can wait waits, what cannot (over 30 s) answers rateLimited at once.
/// A change that is refused to a token that may read is `forbidden`, and says which permission it lacks.
/// Errors: unauthenticated, forbidden, notFound, conflict, invalidArgument, rateLimited, network, timedOut, protocol.
class ManagementClient final : public QObject {
    Q_OBJECT
public:
    ManagementClient(Endpoint endpoint, SecretBytes apiToken, ClientOptions options = {}, QObject* parent = nullptr);
    ~ManagementClient() override;

    [[nodiscard]] const Endpoint& endpoint() const { return m_endpoint; }

    CallHandle listTokens(wire::ListQuery query, Handler<ListPage<access::ServiceToken>> handler);
    /// The page only if it is another than `revision` stands for; else an empty one, and `unchanged` is set.
    CallHandle listTokens(wire::ListQuery query, std::shared_ptr<Revision> revision, Handler<ListPage<access::ServiceToken>> handler);
    /// Every page of the list, one after the other.
    CallHandle listAllTokens(Handler<std::vector<access::ServiceToken>> handler);
    CallHandle listAllTokens(PageHandler<access::ServiceToken> onPage, Handler<std::vector<access::ServiceToken>> handler);
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

    // About the API token itself; see ApiTokenCheck for the whole of it.
    /// Whether the token works: its status, `active` for one that does. A token that belongs to an account rather than to a
    /// user is verified there: name the account then.
    CallHandle verifyApiToken(const std::string& ownerAccount, Handler<std::string> handler);
    CallHandle listAccounts(Handler<std::vector<NamedPlace>> handler);
    CallHandle listZones(const std::string& accountId, Handler<std::vector<NamedPlace>> handler);
    /// Whether the token has a right in this client's account; changes nothing. Errors: whatever kept it from being known.
    CallHandle probe(ApiRight right, Handler<bool> handler);
    void setAccount(std::string accountId) { m_endpoint.accountId = std::move(accountId); }

    // The agent's own calls, under /latchkey/v1.
    CallHandle recentRequests(int limit, Handler<std::vector<RequestRow>> handler);
    /// The whole configuration as `config export` writes it.
    CallHandle exportConfiguration(Handler<Json> handler);
    /// The same with the agent's keys, under the passphrase.
    CallHandle exportConfiguration(const SecretBytes& passphrase, Handler<Json> handler);
    /// What was done, or (`rehearse`) would be: {"changes":[{action, kind, id, name}],"unchanged"}. `body` is wiped.
    CallHandle importConfiguration(std::string body, ConfigurationImport how, Handler<Json> handler);
    /// What the edge would decide about a request, and why. `body`: the API's JSON of it, which may hold a secret; it is wiped.
    CallHandle explain(std::string body, Handler<Json> handler);
    CallHandle localAuthority(Handler<LocalAuthority> handler);
    /// What of the agent's configuration somebody should look at, the most severe first.
    CallHandle advice(Handler<std::vector<access::Finding>> handler);
    CallHandle shutdownAgent(Handler<void> handler);

    /// What is left of the pause that the server asked for; 0: none.
    [[nodiscard]] std::chrono::milliseconds pauseLeft() const;

Q_SIGNALS:
    void paused(std::chrono::seconds pause);   ///< The server asks to be left alone that long.
    void resumed();                            ///< The pause is over.

private:
    template <typename T>
    struct PageLoader;

    void findProxy();
    CallHandle send(ApiRequest request, Handler<wire::Envelope> handler);
    [[nodiscard]] QUrl apiUrl(const QString& path, const std::string& query = {}) const;
    [[nodiscard]] QUrl accountUrl(const QString& tail, const std::string& query = {}) const;
    [[nodiscard]] QUrl ownUrl(const char* path, const std::string& query) const;

    Endpoint m_endpoint;
    SecretBytes m_apiToken;
    std::unique_ptr<QNetworkAccessManager> m_network;
    std::unique_ptr<Pacer> m_pacer;
    std::unique_ptr<CallContext> m_context;
    std::optional<std::vector<QPointer<Call>>> m_waiting;   ///< For the system to tell its proxy; nullopt: it did.
    bool m_maySomething = false;   ///< The last read was let in: a change that is refused now is a right that is lacking.
};

} // namespace latchkey::client
