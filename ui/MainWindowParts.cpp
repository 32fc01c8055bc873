// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
// How the main window is put together: its parts, its actions, and what they do to each other.
#include "MainWindowPrivate.h"

#include "ColumnMenu.h"
#include "CommandPalette.h"
#include "ObjectNames.h"
#include "SavedSearchMenu.h"
#include "TokenDetails.h"
#include "TokenTable.h"

#include <QAction>
#include <QHBoxLayout>
#include <QMenu>
#include <QMenuBar>

namespace latchkey::ui {

using access::TokenId;

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
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    row->addWidget(sidebar);
    row->addWidget(right, 1);
    auto* column = new QVBoxLayout(central);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(stripe);
    column->addLayout(row, 1);
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
    QAction* several = addAction(MainWindow::tr("Create several tokens…"), {}, u"actionCreateMany"_s);
    on(several, [this] { Q_EMIT q.createManyRequested(); });
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
    QAction* group = addAction(MainWindow::tr("Group by application"), QKeySequence(Qt::CTRL | Qt::Key_G), u"actionGroup"_s);
    group->setCheckable(true);
    QObject::connect(group, &QAction::toggled, &q, [this](bool grouped) { model.setGrouped(grouped); });
    timeline = addAction(MainWindow::tr("Expiry timeline"), QKeySequence(Qt::CTRL | Qt::Key_T), u"actionTimeline"_s);
    timeline->setCheckable(true);
    timeline->setChecked(true);
    QObject::connect(timeline, &QAction::toggled, &q, [this](bool wanted) { page->setTimelineWanted(wanted); });
    for (const auto& [text, name, format] : {std::tuple(MainWindow::tr("Export as CSV…"), u"actionExportCsv"_s, ExportFormat::csv),
                                            std::tuple(MainWindow::tr("Export as JSON…"), u"actionExportJson"_s, ExportFormat::json),
                                            std::tuple(MainWindow::tr("Export the expiries as a calendar…"), u"actionExportCalendar"_s, ExportFormat::calendar),
                                            std::tuple(MainWindow::tr("Export the expiry report as PDF…"), u"actionExportReport"_s, ExportFormat::report)}) {
        exports << addAction(text, {}, name);
        on(exports.last(), [this, format] { Q_EMIT q.exportRequested(format); });
    }
    on(addAction(MainWindow::tr("Quit Latchkey"), QKeySequence(Qt::CTRL | Qt::Key_Q), u"actionQuit"_s), [this] { Q_EMIT q.quitRequested(); });

    workspaceActions = actions.first(actions.size() - 1);

    QAction* undo = addAction(MainWindow::tr("Undo"), QKeySequence::Undo, u"actionUndo"_s);
    undo->setEnabled(false);
    on(undo, [this] { status->undo(); });
    QObject::connect(status, &StatusLine::canUndoChanged, undo, &QAction::setEnabled);

    // Not in the palette: it opens it, or it is what Esc does.
    auto* palette = new QAction(MainWindow::tr("Find an action or a token"), &q);
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
    q.menuBar()->addMenu(profiles);
    QMenu* menu = q.menuBar()->addMenu(MainWindow::tr("&Token"));
    menu->addAction(actions.first());
    menu->addAction(several);
    menu->addSeparator();
    menu->addAction(refresh);
    menu->addActions(tokenActions->forSelection());
    menu->addSeparator();
    menu->addAction(copy);
    menu->addAction(remove);
    menu->addSeparator();
    menu->addAction(tokenActions->action(TokenIntent::history));
    QMenu* exporting = menu->addMenu(MainWindow::tr("&Export the list"));
    exporting->addActions(exports);
    QMenu* view = q.menuBar()->addMenu(MainWindow::tr("&View"));
    view->addMenu(new ColumnMenu(page->table(), view));
    view->addAction(group);
    view->addAction(timeline);
    view->addMenu(&page->savedSearches());
    addProfileActions();
}

void MainWindow::Private::addProfileActions()
{
    using namespace Qt::StringLiterals;
    switchProfile = addAction(MainWindow::tr("Switch the profile…"), QKeySequence(Qt::CTRL | Qt::Key_P), u"actionProfiles"_s);
    QAction* settings = addAction(MainWindow::tr("Settings…"), QKeySequence(Qt::CTRL | Qt::Key_Comma), u"actionSettings"_s);
    settings->setMenuRole(QAction::PreferencesRole);
    const auto openMenu = [this] {
        profiles->popup(sidebar->profileCard()->mapToGlobal(QPoint(0, sidebar->profileCard()->height() + 2)));
        profiles->setActiveAction(profiles->actions().value(0));
    };
    QObject::connect(switchProfile, &QAction::triggered, &q, openMenu);
    QObject::connect(sidebar, &Sidebar::profilesChosen, &q, openMenu);
    QObject::connect(settings, &QAction::triggered, &q, &MainWindow::settingsRequested);
    QObject::connect(sidebar, &Sidebar::settingsChosen, &q, &MainWindow::settingsRequested);
    QObject::connect(sidebar, &Sidebar::addAccountChosen, &q, &MainWindow::addProfileRequested);
    QObject::connect(profiles, &ProfileMenu::chosen, &q, &MainWindow::profileChosen);
    QObject::connect(profiles, &ProfileMenu::addRequested, &q, &MainWindow::addProfileRequested);
    QObject::connect(profiles, &ProfileMenu::editRequested, &q, &MainWindow::editProfileRequested);
    QObject::connect(profiles, &ProfileMenu::removeRequested, &q, &MainWindow::removeProfileRequested);
    QObject::connect(status, &StatusLine::cancelRequested, &q, &MainWindow::stopLoadingRequested);
    q.setProfiles({ProfileView{.id = {}, .kind = ProfileView::Kind::agent, .name = MainWindow::tr("Local agent"), .account = {}}}, {});
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
    const int all = model.tokenCount();
    const int shown = model.shownCount();
    const int selected = page->selectionCount();
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
    const DateText& dates = model.dates();
    // The window's time stands still between two half minutes: what came since was loaded just now, not in the future.
    const QString old = loadedAt ? MainWindow::tr("Out of date · loaded %1").arg(dates.relative(*loadedAt, std::max(model.now(), *loadedAt + std::chrono::seconds(1))))
                                 : MainWindow::tr("Out of date");
    const QString progress = expected > 0 ? MainWindow::tr("Loading… %1 of %2").arg(dates.count(model.tokenCount()), dates.count(expected))
                                          : MainWindow::tr("Loading…");
    status->setCancellable(loading);
    if (pause) {
        const QString wait = MainWindow::tr("Paused by the server · goes on in %1").arg(DateText::countdown(*pause));
        status->setRight(page->hasTokens() && loadedAt ? MainWindow::tr("%1 · %2").arg(old, wait) : wait, Role::warning);
    } else if (page->isShowingOldRows()) {
        status->setRight(old, Role::warning);
    } else if (stopped) {
        status->setRight(expected > 0 ? MainWindow::tr("Stopped · %1 of %2 loaded").arg(dates.count(model.tokenCount()), dates.count(expected))
                                      : MainWindow::tr("Stopped"),
                         Role::warning);
    } else if (loading) {
        status->setRight(model.isOld() ? MainWindow::tr("%1 · %2").arg(old, progress) : progress);
    } else {
        status->setRight(loadedAt ? MainWindow::tr("Up to date · %1").arg(dates.timeOfDay(*loadedAt)) : QString());
    }
    const bool wrong = pause || page->isShowingOldRows() || page->hasFailed();
    const QString account = profile.account.isEmpty() ? MainWindow::tr("Cloudflare account") : profile.account;
    sidebar->setListState(wrong ? (pause ? Role::warning : Role::danger) : loading ? Role::warning : Role::success,
                          profile.kind == ProfileView::Kind::all ? MainWindow::tr("Tokens of every profile") : account);
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
    if (model.isFiltering())
        page->clearFilter();
    else
        page->table().clearSelection();
}

void MainWindow::Private::openPalette()
{
    QList<QAction*> all = actions;
    for (QAction* action : q.actions()) {   // the app's own, too
        if (!all.contains(action) && !action->text().isEmpty() && action->objectName() != QLatin1String("actionPaletteOpen"))
            all << action;
    }
    PaletteTokens tokens{.count = [this] { return model.index().slotCount(); },
                         .at = [this](std::size_t slot) { return model.index().tokenIn(slot); }};
    auto* palette = new CommandPalette(theme, all, std::move(tokens), &q);
    palette->setAttribute(Qt::WA_DeleteOnClose);
    QObject::connect(palette, &CommandPalette::tokenChosen, &q, [this](const TokenId& id) {
        q.selectToken(id);
        page->table().setFocus();
    });
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

} // namespace latchkey::ui
