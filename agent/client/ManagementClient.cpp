// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ManagementClient.h"

#include "Decoding.h"
#include "Pacer.h"
#include "ProxyLookup.h"

#include "agent/base/Rfc3339.h"
#include "agent/wire/ApplicationCodec.h"
#include "agent/wire/ServiceTokenCodec.h"

#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QPointer>

#include <algorithm>
#include <utility>

namespace latchkey::client {

namespace {

constexpr const char* tokensPath = "/access/service_tokens";
constexpr const char* applicationsPath = "/access/apps";

QString itemPath(const char* collection, const std::string& id)
{
    return QLatin1String(collection) + QLatin1Char('/') + QString::fromStdString(wire::percentEncode(id));
}

Handler<wire::Envelope> ignoring(Handler<void> handler)
{
    return [handler = std::move(handler)](Result<wire::Envelope> envelope) mutable {
        if (envelope)
            handler({});
        else
            handler(std::unexpected(envelope.error()));
    };
}

Result<access::ServiceToken> tokenFrom(Json json)
{
    return wire::decodeServiceToken(json);
}

Result<IssuedToken> issuedFrom(Json json)
{
    auto issued = wire::decodeIssued(std::move(json));
    if (!issued)
        return std::unexpected(issued.error());
    return IssuedToken{std::move(issued->token), std::move(issued->secret)};
}

Result<access::Application> applicationFrom(Json json)
{
    return wire::decodeApplicationReply(json);
}

Result<LocalAuthority> localAuthorityFrom(const Json& json)
{
    const auto text = [&](const char* name) {
        const Json* member = json.find(name);
        const std::string* value = member != nullptr ? member->asString() : nullptr;
        return value != nullptr ? *value : std::string();
    };
    const auto list = [&](const char* name) {
        std::vector<std::string> texts;
        const Json* member = json.find(name);
        if (const JsonArray* array = member != nullptr ? member->asArray() : nullptr) {
            for (const Json& each : *array) {
                if (const std::string* value = each.asString())
                    texts.push_back(*value);
            }
        }
        return texts;
    };
    LocalAuthority authority{.certificatePem = text("certificate"),
                             .fingerprint = text("sha256"),
                             .notAfter = text("not_after"),
                             .teamHost = text("team_host"),
                             .edgeTls = text("edge_tls"),
                             .permittedDns = list("permitted_dns"),
                             .permittedIp = list("permitted_ip"),
                             .hosts = list("hosts")};
    if (authority.certificatePem.empty() || authority.fingerprint.empty())
        return fail(ErrorCode::protocol, "the answer names no certificate");
    return authority;
}

Result<RequestRow> requestFrom(const Json& json)
{
    const auto text = [&](const char* name) {
        const Json* member = json.find(name);
        const std::string* value = member != nullptr ? member->asString() : nullptr;
        return value != nullptr ? *value : std::string();
    };
    RequestRow row;
    const auto at = base::parseRfc3339(text("created_at"));
    if (!at)
        return std::unexpected(at.error());
    row.at = *at;
    row.method = text("method");
    row.host = text("host");
    row.path = text("path");
    row.applicationId = text("application_id");
    row.tokenId = text("token_id");
    row.reason = text("reason");
    row.explanation = text("explanation");
    if (const Json* allowed = json.find("allowed"))
        row.allowed = allowed->asBool().value_or(false);
    if (const Json* status = json.find("status"))
        row.status = static_cast<int>(status->asInteger().value_or(0));
    return row;
}

/// In words, which right a change was refused for. Source: access-facts, "Permissions an API token needs".
Error lackOfRight(const QUrl& url, Error refused)
{
    const bool applications = url.path().contains(QLatin1String(applicationsPath));
    refused.code = ErrorCode::forbidden;
    refused.message = std::string("The API token is good for reading, but it may not create, change or delete ")
        + (applications ? "applications. That needs “Access: Apps and Policies” (Edit)." : "service tokens. That needs “Access: Service Tokens” (Edit).");
    return refused;
}

} // namespace

ManagementClient::ManagementClient(Endpoint endpoint, SecretBytes apiToken, ClientOptions options, QObject* parent)
    : QObject(parent)
    , m_endpoint(std::move(endpoint))
    , m_apiToken(std::move(apiToken))
    , m_network(std::make_unique<QNetworkAccessManager>())
    , m_pacer(std::make_unique<Pacer>())
    , m_context(new CallContext{*m_network, m_apiToken, *m_pacer, options.transferTimeout, std::move(options.tls)})
{
    connect(m_pacer.get(), &Pacer::paused, this, &ManagementClient::paused);
    connect(m_pacer.get(), &Pacer::resumed, this, &ManagementClient::resumed);
    const QString host = m_endpoint.base.host();
    if (host == QLatin1String("localhost") || host.startsWith(QLatin1String("127.")) || host == QLatin1String("::1"))
        m_network->setProxy(QNetworkProxy::NoProxy);
    else
        findProxy();
}

void ManagementClient::findProxy()
{
    m_waiting.emplace();
    lookUpProxy(m_endpoint.base, this, [this](const QNetworkProxy& proxy) {
        m_network->setProxy(proxy);
        const auto waiting = *std::exchange(m_waiting, std::nullopt);
        for (const QPointer<Call>& call : waiting) {
            if (call)
                call->start();
        }
    });
}

ManagementClient::~ManagementClient()
{
    // Calls use the network manager: they go first.
    qDeleteAll(findChildren<Call*>(QString(), Qt::FindDirectChildrenOnly));
}

std::chrono::milliseconds ManagementClient::pauseLeft() const
{
    return m_pacer->left();
}

QUrl ManagementClient::apiUrl(const QString& path, const std::string& query) const
{
    QUrl url = m_endpoint.base;
    url.setPath(m_endpoint.base.path() + path, QUrl::TolerantMode);   // percent-encoded already
    if (!query.empty())
        url.setQuery(QString::fromStdString(query), QUrl::StrictMode);
    return url;
}

QUrl ManagementClient::accountUrl(const QString& tail, const std::string& query) const
{
    const QString owner = m_endpoint.zoneId.empty() ? QStringLiteral("/accounts/") + QString::fromStdString(wire::percentEncode(m_endpoint.accountId))
                                                    : QStringLiteral("/zones/") + QString::fromStdString(wire::percentEncode(m_endpoint.zoneId));
    return apiUrl(owner + tail, query);
}

CallHandle ManagementClient::send(ApiRequest request, Handler<wire::Envelope> handler)
{
    auto told = [this, reads = request.verb == Verb::get, url = request.url, handler = std::move(handler)](Result<wire::Envelope> envelope) mutable {
        const bool refused = !envelope && (envelope.error().code == ErrorCode::unauthenticated || envelope.error().code == ErrorCode::forbidden);
        if (reads && (envelope || refused))
            m_maySomething = envelope.has_value();
        if (!reads && refused && m_maySomething && (url.path().contains(QLatin1String(tokensPath)) || url.path().contains(QLatin1String(applicationsPath))))
            envelope = std::unexpected(lackOfRight(url, envelope.error()));
        handler(std::move(envelope));
    };
    auto* call = new Call(*m_context, std::move(request), std::move(told), this);
    if (m_waiting)
        m_waiting->emplace_back(call);
    else
        call->start();
    return CallHandle(call);
}

CallHandle ManagementClient::listTokens(wire::ListQuery query, Handler<ListPage<access::ServiceToken>> handler)
{
    return listTokens(std::move(query), nullptr, std::move(handler));
}

CallHandle ManagementClient::listTokens(wire::ListQuery query, std::shared_ptr<Revision> revision, Handler<ListPage<access::ServiceToken>> handler)
{
    return send({.url = accountUrl(QLatin1String(tokensPath), wire::encodeListQuery(query)), .body = {}, .revision = revision},
                [handler = std::move(handler), revision](Result<wire::Envelope> envelope) mutable {
                    if (!envelope) {
                        handler(std::unexpected(envelope.error()));
                        return;
                    }
                    if (revision && revision->unchanged) {
                        handler(ListPage<access::ServiceToken>{});
                        return;
                    }
                    auto items = itemsFrom<access::ServiceToken>(envelope->result, wire::decodeServiceToken);
                    if (!items) {
                        handler(fail(ErrorCode::protocol, "The server's answer cannot be understood.", items.error().message));
                        return;
                    }
                    const int total = envelope->pageInfo ? envelope->pageInfo->totalCount : static_cast<int>(items->size());
                    handler(ListPage<access::ServiceToken>{std::move(*items), total});
                });
}

/// Loads page after page into one list; a list that shrinks meanwhile ends it too.
template <typename T>
struct ManagementClient::PageLoader {
    QPointer<ManagementClient> client;
    QString path;
    Result<T> (*decode)(const Json&);
    Handler<std::vector<T>> handler;
    PageHandler<T> onPage;
    CallHandle handle;
    std::vector<T> items;
    int page = 1;

    static void next(std::shared_ptr<PageLoader> self)
    {
        wire::ListQuery query;
        query.page = self->page;
        query.perPage = wire::ListQuery::largestPerPage;
        self->handle.follow(self->client->send({.url = self->client->accountUrl(self->path, wire::encodeListQuery(query)), .body = {}},
                                               [self](Result<wire::Envelope> envelope) { took(self, std::move(envelope)); }));
    }

    static void took(const std::shared_ptr<PageLoader>& self, Result<wire::Envelope> envelope)
    {
        if (!envelope) {
            self->handler(std::unexpected(envelope.error()));
            return;
        }
        auto items = itemsFrom<T>(envelope->result, self->decode);
        if (!items) {
            self->handler(fail(ErrorCode::protocol, "The server's answer cannot be understood.", items.error().message));
            return;
        }
        const JsonArray* raw = envelope->result.asArray();
        const bool last = !envelope->pageInfo || raw->empty() || self->page >= envelope->pageInfo->totalPages;
        std::move(items->begin(), items->end(), std::back_inserter(self->items));
        if (self->onPage)
            self->onPage(self->items, std::max(envelope->pageInfo ? envelope->pageInfo->totalCount : 0, static_cast<int>(self->items.size())));
        if (last) {
            self->handler(std::move(self->items));
            return;
        }
        ++self->page;
        next(self);
    }
};

CallHandle ManagementClient::listAllTokens(Handler<std::vector<access::ServiceToken>> handler)
{
    return listAllTokens(nullptr, std::move(handler));
}

CallHandle ManagementClient::listAllTokens(PageHandler<access::ServiceToken> onPage, Handler<std::vector<access::ServiceToken>> handler)
{
    auto loader = std::make_shared<PageLoader<access::ServiceToken>>();
    loader->client = this;
    loader->path = QLatin1String(tokensPath);
    loader->decode = wire::decodeServiceToken;
    loader->onPage = std::move(onPage);
    loader->handler = std::move(handler);
    CallHandle handle = loader->handle;
    PageLoader<access::ServiceToken>::next(std::move(loader));
    return handle;
}

CallHandle ManagementClient::listAllApplications(Handler<std::vector<access::Application>> handler)
{
    auto loader = std::make_shared<PageLoader<access::Application>>();
    loader->client = this;
    loader->path = QLatin1String(applicationsPath);
    loader->decode = wire::decodeApplicationReply;
    loader->handler = std::move(handler);
    CallHandle handle = loader->handle;
    PageLoader<access::Application>::next(std::move(loader));
    return handle;
}

CallHandle ManagementClient::getToken(const access::TokenId& id, Handler<access::ServiceToken> handler)
{
    return send({.url = accountUrl(itemPath(tokensPath, id.value)), .body = {}}, decoding(tokenFrom, std::move(handler)));
}

CallHandle ManagementClient::createToken(const std::string& name, const access::Duration& duration, Handler<IssuedToken> handler)
{
    return send({.verb = Verb::post,
                 .url = accountUrl(QLatin1String(tokensPath)),
                 .body = wire::encodeTokenCreate({.name = name, .duration = duration, .extra = {}}),
                 .replyHoldsSecret = true},
                decoding(issuedFrom, std::move(handler)));
}

CallHandle ManagementClient::updateToken(const access::TokenId& id, const TokenChange& change, Handler<access::ServiceToken> handler)
{
    wire::TokenUpdate update;
    update.name = change.name;
    update.duration = change.duration;
    update.enabled = change.enabled;
    update.previousClientSecretExpiresAt = change.previousSecretEnd;
    return send({.verb = Verb::put, .url = accountUrl(itemPath(tokensPath, id.value)), .body = wire::encodeTokenUpdate(update)},
                decoding(tokenFrom, std::move(handler)));
}

CallHandle ManagementClient::refreshToken(const access::TokenId& id, Handler<access::ServiceToken> handler)
{
    return send({.verb = Verb::post, .url = accountUrl(itemPath(tokensPath, id.value) + QLatin1String("/refresh")), .body = {}},
                decoding(tokenFrom, std::move(handler)));
}

CallHandle ManagementClient::rotateToken(const access::TokenId& id, std::optional<std::chrono::sys_seconds> previousEnd,
                                         Handler<IssuedToken> handler)
{
    return send({.verb = Verb::post,
                 .url = accountUrl(itemPath(tokensPath, id.value) + QLatin1String("/rotate")),
                 .body = wire::encodeTokenRotate(previousEnd),
                 .replyHoldsSecret = true},
                decoding(issuedFrom, std::move(handler)));
}

CallHandle ManagementClient::deleteToken(const access::TokenId& id, Handler<void> handler)
{
    return send({.verb = Verb::del, .url = accountUrl(itemPath(tokensPath, id.value)), .body = {}}, ignoring(std::move(handler)));
}

CallHandle ManagementClient::getApplication(const access::ApplicationId& id, Handler<access::Application> handler)
{
    return send({.url = accountUrl(itemPath(applicationsPath, id.value)), .body = {}}, decoding(applicationFrom, std::move(handler)));
}

CallHandle ManagementClient::createApplication(const access::Application& wanted, Handler<access::Application> handler)
{
    return send({.verb = Verb::post, .url = accountUrl(QLatin1String(applicationsPath)), .body = wire::encodeBody(wanted)},
                decoding(applicationFrom, std::move(handler)));
}

CallHandle ManagementClient::updateApplication(const access::ApplicationId& id, const access::Application& wanted,
                                               Handler<access::Application> handler)
{
    return send({.verb = Verb::put, .url = accountUrl(itemPath(applicationsPath, id.value)), .body = wire::encodeBody(wanted)},
                decoding(applicationFrom, std::move(handler)));
}

CallHandle ManagementClient::deleteApplication(const access::ApplicationId& id, Handler<void> handler)
{
    return send({.verb = Verb::del, .url = accountUrl(itemPath(applicationsPath, id.value)), .body = {}}, ignoring(std::move(handler)));
}

CallHandle ManagementClient::revokeSessions(const access::ApplicationId& id, Handler<void> handler)
{
    return send({.verb = Verb::post, .url = accountUrl(itemPath(applicationsPath, id.value) + QLatin1String("/revoke_tokens")), .body = {}},
                ignoring(std::move(handler)));
}

QUrl ManagementClient::ownUrl(const char* path, const std::string& query) const
{
    QUrl url = m_endpoint.base;
    url.setPath(QLatin1String(path));
    if (!query.empty())
        url.setQuery(QString::fromStdString(query), QUrl::StrictMode);
    return url;
}

CallHandle ManagementClient::recentRequests(int limit, Handler<std::vector<RequestRow>> handler)
{
    return send({.url = ownUrl("/latchkey/v1/requests", "limit=" + std::to_string(limit)), .body = {}},
                decoding([](Json json) { return itemsFrom<RequestRow>(json, requestFrom); }, std::move(handler)));
}

CallHandle ManagementClient::explain(std::string body, Handler<Json> handler)
{
    return send({.verb = Verb::post, .url = ownUrl("/latchkey/v1/explain", {}), .body = std::move(body)},
                decoding([](Json json) -> Result<Json> { return json; }, std::move(handler)));
}

CallHandle ManagementClient::localAuthority(Handler<LocalAuthority> handler)
{
    return send({.url = ownUrl("/latchkey/v1/trust", {}), .body = {}},
                decoding([](Json json) { return localAuthorityFrom(json); }, std::move(handler)));
}

CallHandle ManagementClient::shutdownAgent(Handler<void> handler)
{
    return send({.verb = Verb::post, .url = ownUrl("/latchkey/v1/shutdown", {}), .body = {}}, ignoring(std::move(handler)));
}

} // namespace latchkey::client
