// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "MainWindow.h"

#include "ActionPalette.h"
#include "BannerArea.h"
#include "DetailsPane.h"
#include "ObjectNames.h"
#include "ProblemPage.h"
#include "Sidebar.h"
#include "StatusLine.h"
#include "Theme.h"
#include "TokenActionSet.h"
#include "TokenDetails.h"
#include "TokenModel.h"
#include "TokenTable.h"
#include "TokensPage.h"
#include "UnfinishedBanner.h"

#include <QAction>
#include <QCloseEvent>
#include <QDataStream>
#include <QHBoxLayout>
#include <QMenu>
#include <QMenuBar>
#include <QSplitter>
#include <QStackedWidget>

namespace latchkey::ui {

using access::TokenId;

namespace {

constexpr quint32 layoutMagic = 0x4c4b5741;
constexpr quint16 layoutVersion = 1;

} // namespace

struct MainWindow::Private {
    Private(MainWindow& window, const Theme& themeToUse, std::chrono::sys_seconds now)
        : q(window)
        , theme(themeToUse)
        , model(DateText(), now)
        , sidebar(new Sidebar(theme))
        , banners(new BannerArea(theme))
        , page(new TokensPage(theme, model))
        , details(new DetailsPane(theme, model))
        , status(new StatusLine(theme))
        , splitter(new QSplitter(Qt::Horizontal))
        , stack(new QStackedWidget)
        , problemPage(new ProblemPage(theme))
        , tokenActions(new TokenActionSet(window))
        , unfinished(new UnfinishedBanner(theme))
        , profileName(MainWindow::tr("Local agent"))
    {
    }

    void build();
    void connectParts();
    QAction* addAction(const QString& text, const QKeySequence& shortcut, const QString& name);
    void addActions();
    void showSelection();
    void showCounts();
    void showProblemOrWorkspace();
    void showFreshness();
    void escape();
    void openPalette();
    void copyClientIds();

    MainWindow& q;
    const Theme& theme;
    TokenModel model;
    Sidebar* sidebar;
    BannerArea* banners;
    TokensPage* page;
    DetailsPane* details;
    StatusLine* status;
    QSplitter* splitter;
    QStackedWidget* stack;
    ProblemPage* problemPage;
    TokenActionSet* tokenActions;
    UnfinishedBanner* unfinished;
    QString profileName;
    QList<QAction*> actions;
    QList<QAction*> selectionActions;
    QList<QAction*> workspaceActions;   ///< All but Quit: nothing to do while a problem has the page.
    std::optional<Problem> problem;
    std::optional<std::chrono::sys_seconds> loadedAt;
    bool loading = true;
};

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
    setMinimumSize(720, 480);
    resize(1280, 800);
    d->page->focusPage();
}

MainWindow::~MainWindow()
{
    // The widgets hold references to the model, which is a member: they go first.
    delete takeCentralWidget();
}

void MainWindow::Private::build()
{
    auto* middle = new QWidget;
    auto* middleColumn = new QVBoxLayout(middle);
    middleColumn->setContentsMargins(0, 0, 0, 0);
    middleColumn->setSpacing(0);
    middleColumn->addWidget(page, 1);
    middleColumn->addWidget(status);

    middle->setMinimumWidth(page->table().leastWidth());
    splitter->addWidget(middle);
    splitter->addWidget(details);
    splitter->setChildrenCollapsible(false);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 0);
    const int detailsWidth = q.fontMetrics().averageCharWidth() * 42;
    splitter->setSizes({1064 - detailsWidth, detailsWidth});
    stack->addWidget(splitter);
    stack->addWidget(problemPage);

    auto* right = new QWidget;
    auto* rightColumn = new QVBoxLayout(right);
    rightColumn->setContentsMargins(0, 0, 0, 0);
    rightColumn->setSpacing(0);
    rightColumn->addWidget(banners);
    rightColumn->addWidget(unfinished);
    QObject::connect(unfinished, &UnfinishedBanner::resumeRequested, &q, &MainWindow::resumeRequested);
    rightColumn->addWidget(stack, 1);

    auto* central = new QWidget;
    auto* row = new QHBoxLayout(central);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(sidebar);
    row->addWidget(right, 1);
    q.setCentralWidget(central);
}

QAction* MainWindow::Private::addAction(const QString& text, const QKeySequence& shortcut, const QString& name)
{
    auto* action = new QAction(text, &q);
    action->setObjectName(name);
    action->setShortcut(shortcut);
    q.addAction(action);
    actions << action;
    return action;
}

void MainWindow::Private::addActions()
{
    using namespace Qt::StringLiterals;
    const auto on = [&](QAction* action, auto slot) { QObject::connect(action, &QAction::triggered, &q, slot); };

    on(addAction(MainWindow::tr("Create token…"), QKeySequence::New, u"actionCreate"_s), [this] { Q_EMIT q.createRequested(); });
    QAction* refresh = addAction(MainWindow::tr("Refresh selected tokens…"), {}, u"actionRefresh"_s);
    QAction* remove = addAction(MainWindow::tr("Delete selected tokens…"), QKeySequence::Delete, u"actionDelete"_s);
    QAction* copy = addAction(MainWindow::tr("Copy Client ID"), QKeySequence::Copy, u"actionCopyClientId"_s);
    on(refresh, [this] { Q_EMIT q.refreshRequested(page->selection()); });
    on(remove, [this] { Q_EMIT q.deleteRequested(page->selection()); });
    on(copy, [this] { copyClientIds(); });
    selectionActions = {refresh, remove, copy};
    tokenActions->setParent(&q);
    actions += tokenActions->all();
    details->setMoreActions(tokenActions->moreOfOne(), tokenActions->moreOfSeveral());
    QObject::connect(tokenActions, &TokenActionSet::intended, &q, [this](TokenIntent intent) { Q_EMIT q.tokensIntended(intent, page->selection()); });
    QObject::connect(details, &DetailsPane::intended, &q, [this](TokenIntent intent) { Q_EMIT q.tokensIntended(intent, page->selection()); });

    on(addAction(MainWindow::tr("Reload the list"), QKeySequence(Qt::Key_F5), u"actionReload"_s), [this] { Q_EMIT q.reloadRequested(); });
    on(addAction(MainWindow::tr("Search"), QKeySequence::Find, u"actionSearch"_s), [this] { page->focusSearch(); });
    on(addAction(MainWindow::tr("Clear the filter"), {}, u"actionClearFilter"_s), [this] { page->clearFilter(); });
    on(addAction(MainWindow::tr("Select all"), QKeySequence::SelectAll, u"actionSelectAll"_s), [this] { page->table().selectAll(); });
    on(addAction(MainWindow::tr("Quit Latchkey"), QKeySequence(Qt::CTRL | Qt::Key_Q), u"actionQuit"_s), [this] { Q_EMIT q.quitRequested(); });

    workspaceActions = actions.first(actions.size() - 1);

    // Not in the palette: it opens it, or it is what Esc does.
    auto* palette = new QAction(MainWindow::tr("Find an action"), &q);
    palette->setObjectName(u"actionPaletteOpen"_s);
    palette->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_K));
    q.addAction(palette);
    on(palette, [this] { openPalette(); });
    auto* escapeAction = new QAction(&q);
    escapeAction->setShortcut(QKeySequence(Qt::Key_Escape));
    q.addAction(escapeAction);
    on(escapeAction, [this] { escape(); });

    for (QAction* action : QList<QAction*>{refresh} + tokenActions->all() + QList<QAction*>{copy, remove})
        page->table().addAction(action);
    QMenu* menu = q.menuBar()->addMenu(MainWindow::tr("&Token"));
    menu->addAction(actions.first());
    menu->addSeparator();
    menu->addAction(refresh);
    menu->addActions(tokenActions->forSelection());
    menu->addSeparator();
    menu->addAction(copy);
    menu->addAction(remove);
    menu->addSeparator();
    menu->addAction(tokenActions->action(TokenIntent::history));
}

void MainWindow::Private::connectParts()
{
    TokenDetails& one = details->details();
    QObject::connect(sidebar, &Sidebar::actionsChosen, &q, [this] { openPalette(); });
    QObject::connect(sidebar, &Sidebar::tokensChosen, &q, [this] { page->table().setFocus(); });
    QObject::connect(banners, &BannerArea::actionRequested, &q, &MainWindow::problemActionRequested);
    QObject::connect(problemPage, &ProblemPage::actionRequested, &q, &MainWindow::problemActionRequested);
    QObject::connect(page, &TokensPage::createRequested, &q, &MainWindow::createRequested);
    QObject::connect(page, &TokensPage::reloadRequested, &q, &MainWindow::reloadRequested);
    QObject::connect(page, &TokensPage::selectionChanged, &q, [this] {
        showSelection();
        Q_EMIT q.selectionChanged(page->selection());
    });
    QObject::connect(page, &TokensPage::shownChanged, &q, [this] { showCounts(); });
    QObject::connect(&model, &TokenModel::countsChanged, &q, [this] { showCounts(); });
    QObject::connect(&model, &QAbstractItemModel::dataChanged, &q, [this] { details->refresh(); });
    QObject::connect(details, &DetailsPane::refreshRequested, &q, [this] { Q_EMIT q.refreshRequested(page->selection()); });
    QObject::connect(details, &DetailsPane::deleteRequested, &q, [this] { Q_EMIT q.deleteRequested(page->selection()); });
    QObject::connect(&one, &TokenDetails::copyTextRequested, &q, &MainWindow::copyTextRequested);
    QObject::connect(&one, &TokenDetails::copySnippetRequested, &q, [this](SnippetKind kind, const QString& url) {
        Q_EMIT q.copySnippetRequested(details->details().token(), kind, url);
    });
    QObject::connect(&one, &TokenDetails::copySecretRequested, &q, [this](CopyKind kind) {
        Q_EMIT q.copySecretRequested(details->details().token(), kind);
    });
}

void MainWindow::Private::showSelection()
{
    const std::vector<TokenId> ids = page->selection();
    for (QAction* action : selectionActions)
        action->setEnabled(!ids.empty());
    std::vector<const access::ServiceToken*> tokens;
    for (const TokenId& id : ids) {
        if (const access::ServiceToken* token = model.find(id))
            tokens.push_back(token);
    }
    tokenActions->setSelection(tokens, model.now());
    details->setSelection(ids);
    showCounts();
}

void MainWindow::Private::showCounts()
{
    const int all = model.rowCount();
    const int shown = page->filterModel().rowCount();
    const int selected = static_cast<int>(page->selection().size());
    QString left = shown == all ? MainWindow::tr("%n token(s)", nullptr, all)
                                : MainWindow::tr("%1 of %n token(s)", nullptr, all).arg(model.dates().count(shown));
    if (selected)
        left = MainWindow::tr("%1 · %2 selected").arg(left, model.dates().count(selected));
    status->setLeft(all == 0 && loading ? QString() : left);
    sidebar->setTokenCount(loadedAt || all ? model.dates().count(all) : QString());
    details->setVisible(all > 0);
}

void MainWindow::Private::showFreshness()
{
    if (page->isShowingOldRows())
        status->setRight(loadedAt ? MainWindow::tr("Out of date · last loaded %1").arg(model.dates().timeOfDay(*loadedAt))
                                  : MainWindow::tr("Out of date"),
                         Role::warning);
    else if (loading)
        status->setRight(MainWindow::tr("Loading…"));
    else
        status->setRight(loadedAt ? MainWindow::tr("Up to date · %1").arg(model.dates().timeOfDay(*loadedAt)) : QString());
}

void MainWindow::Private::showProblemOrWorkspace()
{
    const bool died = problem && problem->kind == Problem::Kind::agentDied;
    const bool overRows = died && page->hasTokens();
    if (overRows)
        banners->setAgentDied(*problem);
    else
        banners->clearBanner(BannerKind::agentDied);
    model.setOld(overRows || page->isShowingOldRows());
    for (QAction* action : workspaceActions)
        action->setEnabled(!problem || overRows);
    if (!problem || overRows)
        showSelection();
    if (problem && !overRows) {
        problemPage->setProblem(*problem);
        stack->setCurrentWidget(problemPage);
    } else {
        stack->setCurrentWidget(splitter);
    }
}

void MainWindow::Private::escape()
{
    if (page->filterModel().isFiltering())
        page->clearFilter();
    else
        page->table().clearSelection();
}

void MainWindow::Private::openPalette()
{
    auto* palette = new ActionPalette(theme, actions, &q);
    palette->setAttribute(Qt::WA_DeleteOnClose);
    palette->open();
}

void MainWindow::Private::copyClientIds()
{
    QStringList lines;
    for (const TokenId& id : page->selection())
        lines << QString::fromStdString(model.find(id)->clientId.value);
    if (lines.isEmpty())
        return;
    Q_EMIT q.copyTextRequested(lines.join(u'\n'));
    status->showNotice(MainWindow::tr("%n Client ID(s) copied.", nullptr, static_cast<int>(lines.size())));
}

void MainWindow::setNow(std::chrono::sys_seconds now)
{
    d->model.setNow(now);
}

void MainWindow::setProfileName(const QString& name)
{
    d->profileName = name;
    d->sidebar->setProfileName(name);
}

const QString& MainWindow::profileName() const
{
    return d->profileName;
}

void MainWindow::setAgentStatus(const AgentStatus& status)
{
    d->sidebar->setAgentStatus(status);
    if (!status.edgeAddress.isEmpty())
        d->details->setEdgeAddress(status.edgeAddress);
}

void MainWindow::setLoading()
{
    d->loading = true;
    d->page->setLoading();
    d->showFreshness();
    d->showCounts();
}

void MainWindow::setTokens(std::vector<access::ServiceToken> tokens, std::chrono::sys_seconds loadedAt)
{
    d->loading = false;
    d->loadedAt = loadedAt;
    d->model.setTokens(std::move(tokens));
    d->page->setLoaded();
    d->showFreshness();
    d->showSelection();
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

void MainWindow::setTokenNotes(std::unordered_map<TokenId, TokenNote> notes)
{
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

void MainWindow::showNotice(const QString& text)
{
    d->status->showNotice(text);
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

QByteArray MainWindow::saveLayout() const
{
    QByteArray layout;
    QDataStream out(&layout, QIODevice::WriteOnly);
    out.setVersion(QDataStream::Qt_6_4);
    out << layoutMagic << layoutVersion << saveGeometry() << d->splitter->saveState() << d->page->table().saveColumns();
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
