// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "MainWindow.h"

#include "MainWindowPrivate.h"
#include "TokenDetails.h"
#include "TokenTable.h"

#include <QCloseEvent>
#include <QDataStream>

namespace latchkey::ui {

using access::TokenId;

namespace {

constexpr quint32 layoutMagic = 0x4c4b5741;
constexpr quint16 layoutVersion = 2;   // 2: columns by name

} // namespace

MainWindow::MainWindow(const Theme& theme, std::chrono::sys_seconds now, QWidget* parent)
    : QMainWindow(parent)
    , d(std::make_unique<Private>(*this, theme, now))
{
    setWindowTitle(tr("Latchkey"));
    setWindowIcon(applicationIcon());
    setContextMenuPolicy(Qt::NoContextMenu);
    d->build();
    d->addActions();
    d->connectParts();
    d->showSelection();
    d->showCounts();
    d->showFreshness();
    setMinimumHeight(480);   // the width is what the parts need
    resize(1280, 800);
    d->page->focusPage();
}

MainWindow::~MainWindow()
{
    // The widgets hold references to the model, which is a member: they go first.
    delete takeCentralWidget();
}

void MainWindow::setNow(std::chrono::sys_seconds now)
{
    d->model.setNow(now);
    d->showFreshness();
}

void MainWindow::setProfiles(std::vector<ProfileView> profiles, const QString& current)
{
    for (const ProfileView& each : profiles) {
        if (each.id == current)
            d->profile = each;
    }
    for (QAction* action : d->profiles->paletteActions())
        removeAction(action);
    d->profiles->setProfiles(std::move(profiles), current);
    addActions(d->profiles->paletteActions());   // where the palette finds them
    const ProfileView& shown = d->profile;
    d->profileName = shown.title();
    d->sidebar->setProfile(shown);
    d->stripe->setProfile(shown);
    const bool agent = shown.kind == ProfileView::Kind::agent;
    d->details->setEdgeAddress(agent ? d->agent.edgeAddress : QString());
    setWindowTitle(shown.production ? tr("%1 · PRODUCTION").arg(d->profileName) : agent ? tr("Latchkey") : d->profileName);
    d->showFreshness();
}

const ProfileView& MainWindow::profile() const
{
    return d->profile;
}

const QString& MainWindow::profileName() const
{
    return d->profileName;
}

void MainWindow::showKnown(std::vector<access::ServiceToken> tokens, std::vector<access::Application> applications,
                           std::optional<std::chrono::sys_seconds> loadedAt)
{
    d->page->table().clearSelection();
    d->loadedAt = loadedAt;
    d->loading = true;
    d->expected = 0;
    d->pause.reset();
    d->stopped = false;
    for (const BannerKind kind : {BannerKind::paused, BannerKind::apiTokenRejected, BannerKind::tokensForbidden, BannerKind::applicationsForbidden})
        clearBanner(kind);
    setKeptSecrets({});
    setTokenAccounts({});
    setApplications(std::move(applications));
    d->model.setTokens(std::move(tokens));
    d->page->setLoading();
    d->model.setOld(d->page->hasTokens());
    d->showFreshness();
    d->showSelection();
}

std::optional<std::chrono::sys_seconds> MainWindow::loadedAt() const
{
    return d->loadedAt;
}

void MainWindow::setAgentStatus(const AgentStatus& status)
{
    d->agent = status;
    d->sidebar->setAgentStatus(status);
    if (!status.edgeAddress.isEmpty() && d->profile.kind == ProfileView::Kind::agent)
        d->details->setEdgeAddress(status.edgeAddress);
}

void MainWindow::setLoadStopped()
{
    d->loading = false;
    d->stopped = true;
    d->page->setStopped();
    d->showFreshness();
    d->showCounts();
}

void MainWindow::setPause(std::optional<std::chrono::seconds> left)
{
    d->pause = left;
    if (left)
        setBanner(BannerKind::paused, tr("It goes on by itself in %1.").arg(DateText::countdown(*left)));
    else
        clearBanner(BannerKind::paused);
    d->showFreshness();
}

void MainWindow::setLoading()
{
    d->loading = true;
    d->stopped = false;
    d->expected = 0;
    d->page->setLoading();
    d->showFreshness();
    d->showCounts();
}

void MainWindow::addTokens(std::vector<access::ServiceToken> page, int total)
{
    d->expected = total;
    d->model.addTokens(std::move(page));
    d->showFreshness();
}

void MainWindow::setTokens(std::vector<access::ServiceToken> tokens, std::chrono::sys_seconds loadedAt)
{
    d->loading = false;
    d->stopped = false;
    d->loadedAt = loadedAt;
    d->model.setTokens(std::move(tokens));
    d->page->setLoaded();
    d->showFreshness();
    d->showSelection();
}

void MainWindow::setUnchanged(std::chrono::sys_seconds lookedAt)
{
    d->loading = false;
    d->stopped = false;
    d->loadedAt = lookedAt;
    d->page->setLoaded();
    d->showFreshness();
}

void MainWindow::putToken(const access::ServiceToken& token)
{
    d->model.putToken(token);
    d->showSelection();
}

void MainWindow::removeToken(const TokenId& id)
{
    d->model.removeToken(id);
    d->showSelection();
}

void MainWindow::setLoadError(const Error& error)
{
    d->loading = false;
    d->page->setLoadError(QString::fromStdString(error.message));
    d->showFreshness();
    d->showCounts();
}

void MainWindow::setApplications(std::vector<access::Application> applications)
{
    d->model.setApplications(applications);
    d->details->setApplications(std::move(applications));
}

void MainWindow::setKeptSecrets(std::unordered_set<TokenId> kept)
{
    d->model.setKeptSecrets(std::move(kept));
}

void MainWindow::setSecretKept(const TokenId& id, bool kept)
{
    d->model.setSecretKept(id, kept);
}

void MainWindow::setTokenAccounts(const std::unordered_map<TokenId, QString>& accounts)
{
    d->model.setAccounts(accounts);
    d->page->table().setAccountsShown(d->profile.kind == ProfileView::Kind::all);
}

void MainWindow::setTokenNotes(std::unordered_map<TokenId, TokenNote> notes)
{
    std::unordered_map<TokenId, QString> owners;
    for (const auto& [id, note] : notes)
        owners.emplace(id, note.owner);
    d->model.setOwners(owners);
    d->details->setNotes(std::move(notes));
}

void MainWindow::setLastRequests(const TokenId& id, std::vector<RequestLine> requests)
{
    d->details->setRequests(id, requests);
}

void MainWindow::setProblem(const Problem& problem)
{
    d->problem = problem;
    d->showProblemOrWorkspace();
}

void MainWindow::clearProblem()
{
    d->problem.reset();
    d->showProblemOrWorkspace();
}

void MainWindow::setBanner(BannerKind kind, const QString& reason)
{
    d->banners->setBanner(kind, reason);
}

void MainWindow::clearBanner(BannerKind kind)
{
    d->banners->clearBanner(kind);
}

void MainWindow::setUnfinishedRotations(const QStringList& names)
{
    d->unfinished->setNames(names);
}

void MainWindow::showCopied(CopyKind kind)
{
    d->details->details().showCopied(kind);
}

void MainWindow::showSnippetCopied()
{
    d->details->details().showSnippetCopied();
}

void MainWindow::showCopyError(const Error& error)
{
    d->details->details().showCopyError(QString::fromStdString(error.message));
}

void MainWindow::setClipboardCountdown(std::optional<std::chrono::seconds> left)
{
    d->status->setClipboardCountdown(left);
}

void MainWindow::showNotice(const QString& text, std::function<void()> undo)
{
    d->status->showNotice(text, std::move(undo));
}

void MainWindow::selectToken(const TokenId& id)
{
    d->page->selectToken(id);
}

std::vector<access::ServiceToken> MainWindow::selectedTokens() const
{
    std::vector<access::ServiceToken> tokens;
    for (const TokenId& id : d->page->selection())
        tokens.push_back(*d->model.find(id));
    return tokens;
}

const TokenModel& MainWindow::tokenModel() const
{
    return d->model;
}

const std::vector<access::Application>& MainWindow::applications() const
{
    return d->details->applications();
}

SavedSearchMenu& MainWindow::savedSearches() const
{
    return d->page->savedSearches();
}

QByteArray MainWindow::saveLayout() const
{
    QByteArray layout;
    QDataStream out(&layout, QIODevice::WriteOnly);
    out.setVersion(QDataStream::Qt_6_4);
    out << layoutMagic << layoutVersion << saveGeometry() << d->splitter->saveState() << d->page->table().saveColumns() << d->timeline->isChecked();
    return layout;
}

bool MainWindow::restoreLayout(const QByteArray& layout)
{
    QDataStream in(layout);
    in.setVersion(QDataStream::Qt_6_4);
    quint32 magic = 0;
    quint16 version = 0;
    QByteArray geometry;
    QByteArray splitter;
    QByteArray columns;
    in >> magic >> version;
    if (magic != layoutMagic || version != layoutVersion)
        return false;
    in >> geometry >> splitter >> columns;
    if (in.status() != QDataStream::Ok)
        return false;
    restoreGeometry(geometry);
    d->splitter->restoreState(splitter);
    d->splitter->setChildrenCollapsible(false);
    bool timeline = true;   // absent in what older versions wrote
    if (!in.atEnd())
        in >> timeline;
    d->timeline->setChecked(timeline);
    return d->page->table().restoreColumns(columns);
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    Q_EMIT closing();
    QMainWindow::closeEvent(event);
}

void MainWindow::changeEvent(QEvent* event)
{
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::LocaleChange && d)
        d->showCounts();
}

} // namespace latchkey::ui
