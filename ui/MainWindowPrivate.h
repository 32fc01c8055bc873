// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "MainWindow.h"

#include "BannerArea.h"
#include "DetailsPane.h"
#include "ProblemPage.h"
#include "ProfileMenu.h"
#include "ProfileStripe.h"
#include "Sidebar.h"
#include "StatusLine.h"
#include "Theme.h"
#include "TokenActionSet.h"
#include "TokenModel.h"
#include "TokensPage.h"
#include "UnfinishedBanner.h"

#include <QSplitter>
#include <QStackedWidget>

namespace latchkey::ui {

/// What the window is made of and knows; built and connected in MainWindowParts.cpp, told facts in MainWindow.cpp.
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
        , profiles(new ProfileMenu(theme, &window))
        , stripe(new ProfileStripe(theme))
        , profileName(MainWindow::tr("Local agent"))
    {
    }

    void build();
    void connectParts();
    QAction* addAction(const QString& text, const QKeySequence& shortcut, const QString& name);
    void addActions();
    void addProfileActions();
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
    ProfileMenu* profiles;
    QAction* switchProfile = nullptr;
    QAction* timeline = nullptr;
    ProfileStripe* stripe;
    ProfileView profile;
    QString profileName;
    AgentStatus agent;
    std::optional<std::chrono::seconds> pause;
    bool stopped = false;   ///< By the person, before the list was whole.
    QList<QAction*> actions;
    QList<QAction*> selectionActions;
    QList<QAction*> exports;              ///< Of what the list shows, one a format.
    QList<QAction*> workspaceActions;   ///< All but Quit: nothing to do while a problem has the page.
    std::optional<Problem> problem;
    std::optional<std::chrono::sys_seconds> loadedAt;
    bool loading = true;
    int expected = 0;   ///< How many tokens the list under way has; 0: not told yet.
};

} // namespace latchkey::ui
