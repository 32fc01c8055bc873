// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ClipboardGuard.h"
#include "Intents.h"
#include "LocalRecords.h"
#include "SecretKeeper.h"

#include "agent/base/Clock.h"
#include "agent/client/ManagementClient.h"
#include "ui/MainWindow.h"
#include "ui/Theme.h"

namespace latchkey::app {

/// Where several profiles share the window: what each of them would show as the whole is put together there.
class Together {
public:
    virtual void showNotes() = 0;
    virtual void showUnfinished() = 0;   ///< Guided rotations that wait.
    [[nodiscard]] virtual std::unordered_map<access::TokenId, ui::TokenNote> notes() const = 0;

protected:
    ~Together() = default;
};

/// What the controllers of one connected profile share; all of it outlives them. A new connection makes a new Session and
/// new controllers, so that nothing of one profile reaches another.
struct Session {
    client::ManagementClient& client;
    Intents& intents;
    SecretKeeper& secrets;
    bool keychainUsable = true;      ///< false in a memory session: what is kept lasts until the app quits.
    QString edgeUrl;                 ///< What a copied curl command asks: `http://127.0.0.1:8400`, or an example for an account.
    QString account;                 ///< The profile's name, for what names the account that it changes.
    bool production = false;
    bool isAgent = true;             ///< It has an edge and a log of its own.
    ui::MainWindow& window;
    const ui::Theme& theme;
    ClipboardGuard& clipboard;
    const Clock& clock;
    /// Raised with every change that came into force: a list that was asked for before one may be older than what is shown.
    std::uint64_t changes = 0;
    LocalRecords* local = nullptr;   ///< nullptr: nothing is written down.
    Together* together = nullptr;    ///< nullptr: the window shows this profile alone.

    /// Writes a change into the local history; that it cannot be written is told in the status line, and stops nothing.
    void record(ui::ChangeKind kind, const access::ServiceToken& token, const QString& detail = {});
    void recordRotation(const access::ServiceToken& token);
};

} // namespace latchkey::app
