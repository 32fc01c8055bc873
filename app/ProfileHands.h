// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "AgentSupervisor.h"
#include "CreateController.h"
#include "CreateManyController.h"
#include "GuidedController.h"
#include "Intents.h"
#include "LocalController.h"
#include "RotateController.h"
#include "TokenActions.h"

namespace latchkey::app {

/// What the app works with, whatever profile it is; all of it outlives the profiles' connections.
struct Parts {
    ui::MainWindow& window;
    const ui::Theme& theme;
    ClipboardGuard& clipboard;
    const Clock& clock;
    Preferences& preferences;
    LocalRecords& local;
    AgentSupervisor& supervisor;
};

/// One profile that is connected to.
struct ConnectedProfile {
    std::string id;                  ///< The account's, or the agent's own.
    ui::ProfileView view;
    client::ManagementClient& client;
    QString edgeUrl;                 ///< As Session has it.
};

/// Everything that can be done with one profile's tokens, by the intents that reach it. The controllers go before what
/// they use.
struct ProfileHands {
    /// `together`: it shares the window with others.
    ProfileHands(const Parts& parts, const ConnectedProfile& profile, Together* together);

    Intents intents;
    SecretKeeper secrets;
    Session session;
    CreateController create;
    CreateManyController createMany;
    RotateController rotate;
    TokenActions actions;
    GuidedController guided;
    LocalController localThings;
};

} // namespace latchkey::app
