// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokenListController.h"

#include "ApiTokenWords.h"

#include "ui/TokenModel.h"

#include <QPointer>

#include <algorithm>

namespace latchkey::app {

using namespace std::chrono_literals;

namespace {

constexpr int requestsLookedAt = 1000;   // newest of the agent's log, among which the token's are looked for
constexpr int requestsShown = 10;

constexpr std::chrono::seconds cheapInterval = 15s;    // an unchanged list costs next to nothing
constexpr std::chrono::seconds wholeInterval = 60s;    // the server has no revisions: each time it is the whole list
constexpr std::chrono::seconds longestInterval = 240s; // between two that failed
constexpr int pollsToWhole = 20;         // when tokens were last seen is no change of the list, and comes with the whole one
constexpr int pollsToApplications = 4;

bool isRefusal(const Error& error)
{
    return error.code == ErrorCode::unauthenticated || error.code == ErrorCode::forbidden;
}

} // namespace

TokenListController::TokenListController(Session& session, QObject* parent)
    : QObject(parent)
    , m_session(session)
    , m_tokens(session.client)
{
    m_session.window.setKeptSecrets(m_session.secrets.kept());
    connect(&m_session.window, &ui::MainWindow::reloadRequested, this, &TokenListController::reload);
    connect(&m_session.window, &ui::MainWindow::stopLoadingRequested, this, [this] {
        if (m_tokens.isActive())
            m_tokens.cancel();
        else
            m_session.window.setLoadStopped();
    });
    connect(&m_session.window, &ui::MainWindow::selectionChanged, this, [this](const std::vector<access::TokenId>& ids) {
        m_selected = ids;
        loadRequests();
    });
    m_poll.setSingleShot(true);
    connect(&m_poll, &QTimer::timeout, this, &TokenListController::poll);
    m_pauseTick.setInterval(1s);
    connect(&m_pauseTick, &QTimer::timeout, this, &TokenListController::showPause);
    connect(&m_session.client, &client::ManagementClient::paused, this, &TokenListController::showPause);
    connect(&m_session.client, &client::ManagementClient::resumed, this, [this] {
        showPause();
        load();
    });
    showPause();
    reload();
}

TokenListController::~TokenListController()
{
    for (client::CallHandle* call : {&m_applications, &m_requests, &m_one, &m_verify})
        call->cancel();
    for (const ui::BannerKind kind : {ui::BannerKind::apiTokenRejected, ui::BannerKind::tokensForbidden, ui::BannerKind::applicationsForbidden})
        m_session.window.clearBanner(kind);
    m_session.window.setPause(std::nullopt);
}

void TokenListController::reload()
{
    m_session.window.setLoading();
    m_tokens.forget();
    m_failures = 0;
    loadApplications();
    load();
}

void TokenListController::poll()
{
    if (!m_session.window.isVisible()) {   // in the tray the watcher looks, and less often
        scheduleNext();
        return;
    }
    ++m_polls;
    if (m_polls % pollsToWhole == 0)
        m_tokens.forget();
    if (m_polls % pollsToApplications == 0)
        loadApplications();
    load();
    lookAtSelected();
}

void TokenListController::load()
{
    if (m_tokens.isActive())
        return;
    m_poll.stop();
    // A long list shows what has come as it comes; later ones are shown when they are whole, as they change little.
    auto onPage = [this, changes = m_session.changes, shown = std::size_t(0),
                   first = m_session.window.tokenModel().tokenCount() == 0](const TokenListing::Tokens& soFar, int total) mutable {
        if (!first || changes != m_session.changes)
            return;
        m_session.window.addTokens({soFar.begin() + static_cast<std::ptrdiff_t>(shown), soFar.end()}, total);
        shown = soFar.size();
    };
    m_tokens.look([this, changes = m_session.changes](Result<std::optional<TokenListing::Tokens>> tokens) { loaded(std::move(tokens), changes); }, std::move(onPage));
    loadRequests();
}

void TokenListController::loaded(Result<std::optional<TokenListing::Tokens>> tokens, std::uint64_t changesBefore)
{
    if (!tokens) {
        failed(tokens.error());
        return;
    }
    m_failures = 0;
    if (changesBefore != m_session.changes) {
        // Something was changed while it was on its way: showing it could bring a deleted token back.
        m_tokens.forget();
        load();
        return;
    }
    for (const ui::BannerKind kind : {ui::BannerKind::apiTokenRejected, ui::BannerKind::tokensForbidden})
        m_session.window.clearBanner(kind);
    if (*tokens)
        m_session.window.setTokens(std::move(**tokens), m_session.clock.now());
    else
        m_session.window.setUnchanged(m_session.clock.now());
    scheduleNext();
}

void TokenListController::failed(const Error& error)
{
    if (error.code == ErrorCode::cancelled) {
        m_session.window.setLoadStopped();
        scheduleNext();
        return;
    }
    ++m_failures;
    m_tokens.forget();   // what is on screen is marked as old until a whole list has come
    m_session.window.setNow(m_session.clock.now());   // how old the rows are is told from now on
    m_session.window.setLoadError(error);
    if (isRefusal(error))
        explainRefusal();
    scheduleNext();
}

/// Is it the token, or a right that it lacks? Cloudflare refuses both in the same words.
void TokenListController::explainRefusal()
{
    if (m_session.isAgent || m_verify.isActive())
        return;
    const auto tell = [this](bool works) {
        m_session.window.clearBanner(works ? ui::BannerKind::apiTokenRejected : ui::BannerKind::tokensForbidden);
        if (works)
            m_session.window.setBanner(ui::BannerKind::tokensForbidden, tr("That needs %1 for this account.").arg(permissionName(client::ApiRight::readTokens)));
        else
            m_session.window.setBanner(ui::BannerKind::apiTokenRejected, tr("It may have been revoked, or have expired."));
    };
    m_verify = m_session.client.verifyApiToken({}, [self = QPointer(this), tell](const Result<std::string>& asUser) {
        if (!self)
            return;
        if (asUser || !isRefusal(asUser.error()))
            return tell(asUser && *asUser == "active");
        // Not a user's; perhaps the account's own.
        self->m_verify = self->m_session.client.verifyApiToken(self->m_session.client.endpoint().accountId, [self, tell](const Result<std::string>& asAccount) {
            if (self)
                tell(asAccount && *asAccount == "active");
        });
    });
}

void TokenListController::loadApplications()
{
    if (m_applications.isActive())
        return;
    m_applications = m_session.client.listAllApplications([self = QPointer(this)](Result<std::vector<access::Application>> applications) {
        if (!self)
            return;
        if (applications) {
            self->m_session.window.clearBanner(ui::BannerKind::applicationsForbidden);
            self->m_session.window.setApplications(std::move(*applications));
        } else if (isRefusal(applications.error()) && self->m_failures == 0) {
            // The tokens' error says enough when both fail.
            self->m_session.window.setBanner(ui::BannerKind::applicationsForbidden, tr("That needs %1.").arg(permissionName(client::ApiRight::readApplications)));
        }
    });
}

/// When the selected token was last seen is no change of the list; its details tell it all the same.
void TokenListController::lookAtSelected()
{
    if (m_selected.size() != 1 || m_one.isActive() || !m_tokens.hasRevisions())
        return;
    m_one = m_session.client.getToken(m_selected.front(), [self = QPointer(this), changes = m_session.changes](Result<access::ServiceToken> token) {
        if (!self || !token || changes != self->m_session.changes)
            return;
        const access::ServiceToken* shown = self->m_session.window.tokenModel().find(token->id);
        if (shown && *shown != *token)
            self->m_session.window.putToken(*token);
    });
}

void TokenListController::scheduleNext()
{
    const std::chrono::seconds usual = m_tokens.hasRevisions() || m_session.isAgent ? cheapInterval : wholeInterval;
    m_poll.start(m_failures > 0 ? std::min(usual * (1 << std::min(m_failures, 5)), longestInterval) : usual);
}

void TokenListController::showPause()
{
    const auto left = std::chrono::ceil<std::chrono::seconds>(m_session.client.pauseLeft());
    if (left.count() > 0) {
        m_session.window.setPause(left);
        m_pauseTick.start();
    } else {
        m_session.window.setPause(std::nullopt);
        m_pauseTick.stop();
    }
}

void TokenListController::loadRequests()
{
    if (!m_session.isAgent || m_selected.size() != 1 || m_requests.isActive())
        return;
    m_requests = m_session.client.recentRequests(requestsLookedAt, [self = QPointer(this), id = m_selected.front()](Result<std::vector<client::RequestRow>> rows) {
        if (!self || !rows)
            return;
        std::vector<ui::RequestLine> lines;
        for (const client::RequestRow& row : *rows) {
            if (row.tokenId != id.value)
                continue;
            lines.push_back({row.at, QString::fromStdString(row.method), QString::fromStdString(row.path), row.status,
                             row.allowed ? QString() : QString::fromStdString(row.explanation)});
            if (lines.size() == requestsShown)
                break;
        }
        self->m_session.window.setLastRequests(id, std::move(lines));
        // The person may have gone on to another token while this one's requests came.
        if (self->m_selected.size() == 1 && self->m_selected.front() != id)
            QMetaObject::invokeMethod(self, &TokenListController::loadRequests, Qt::QueuedConnection);
    });
}

} // namespace latchkey::app
