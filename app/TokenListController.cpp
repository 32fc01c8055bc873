// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokenListController.h"

#include "ui/TokenModel.h"

#include <QPointer>

namespace latchkey::app {

namespace {

constexpr int requestsLookedAt = 1000;   // newest of the agent's log, among which the token's are looked for
constexpr int requestsShown = 10;

} // namespace

TokenListController::TokenListController(Session& session, QObject* parent)
    : QObject(parent)
    , m_session(session)
{
    m_session.window.setKeptSecrets(m_session.secrets.kept());
    connect(&m_session.window, &ui::MainWindow::reloadRequested, this, &TokenListController::reload);
    connect(&m_session.window, &ui::MainWindow::stopLoadingRequested, this, [this] {
        m_tokens.cancel();
        m_tokens = {};
        m_session.window.setLoadStopped();
    });
    connect(&m_session.window, &ui::MainWindow::selectionChanged, this, [this](const std::vector<access::TokenId>& ids) {
        m_selected = ids;
        loadRequests();
    });
    m_poll.setInterval(pollInterval);
    connect(&m_poll, &QTimer::timeout, this, [this] {
        if (m_session.window.isVisible())   // in the tray the watcher looks, and less often
            load();
    });
    m_poll.start();
    reload();
}

TokenListController::~TokenListController()
{
    m_tokens.cancel();
    m_applications.cancel();
    m_requests.cancel();
}

void TokenListController::reload()
{
    m_session.window.setLoading();
    load();
}

void TokenListController::load()
{
    if (!m_tokens.isActive()) {
        // A long list shows what has come as it comes; later ones are shown when they are whole, as they change little.
        auto onPage = [self = QPointer(this), changes = m_session.changes, shown = std::size_t(0),
                       first = m_session.window.tokenModel().tokenCount() == 0](const std::vector<access::ServiceToken>& soFar, int total) mutable {
            if (!self || !first || changes != self->m_session.changes)
                return;
            self->m_session.window.addTokens({soFar.begin() + static_cast<std::ptrdiff_t>(shown), soFar.end()}, total);
            shown = soFar.size();
        };
        m_tokens = m_session.client.listAllTokens(std::move(onPage), [self = QPointer(this), changes = m_session.changes](Result<std::vector<access::ServiceToken>> tokens) {
            if (!self)
                return;
            if (tokens && changes != self->m_session.changes) {
                // Something was changed while it was on its way: showing it could bring a deleted token back.
                self->m_tokens = {};
                self->load();
                return;
            }
            if (tokens)
                self->m_session.window.setTokens(std::move(*tokens), self->m_session.clock.now());
            else if (tokens.error().code != ErrorCode::cancelled)
                self->m_session.window.setLoadError(tokens.error());
        });
    }
    if (!m_applications.isActive()) {
        m_applications = m_session.client.listAllApplications([self = QPointer(this)](Result<std::vector<access::Application>> applications) {
            if (self && applications)   // the tokens' error says enough when both fail
                self->m_session.window.setApplications(std::move(*applications));
        });
    }
    loadRequests();
}

void TokenListController::loadRequests()
{
    if (m_selected.size() != 1 || m_requests.isActive())
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
