// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ProfileHands.h"

namespace latchkey::app {

ProfileHands::ProfileHands(const Parts& parts, const ConnectedProfile& profile, Together* together)
    : secrets(parts.supervisor.vault(), parts.preferences, profile.id)
    , session{.client = profile.client,
              .intents = intents,
              .secrets = secrets,
              .keychainUsable = !parts.supervisor.isMemorySession(),
              .edgeUrl = profile.edgeUrl,
              .account = profile.view.title(),
              .production = profile.view.production,
              .isAgent = profile.view.kind == ui::ProfileView::Kind::agent,
              .window = parts.window,
              .theme = parts.theme,
              .clipboard = parts.clipboard,
              .clock = parts.clock,
              .changes = 0,
              .local = &parts.local,
              .together = together}
    , create(session)
    , createMany(session)
    , rotate(session)
    , actions(session, rotate)
    , guided(session)
    , localThings(session)
{
}

} // namespace latchkey::app
