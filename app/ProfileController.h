// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Accounts.h"
#include "LocalRecords.h"
#include "Preferences.h"

#include "agent/client/ApiTokenCheck.h"
#include "ui/MainWindow.h"
#include "ui/ProfileDialog.h"

#include <QPointer>

namespace latchkey::app {

/// Adds, edits and removes accounts: the dialog, the try of the API token, the keychain, the list. GUI thread.
class ProfileController final : public QObject {
    Q_OBJECT
public:
    ProfileController(Accounts& accounts, Preferences& preferences, LocalRecords& local, ui::MainWindow& window, const ui::Theme& theme, QObject* parent = nullptr);
    ~ProfileController() override;

    void add(bool withEnvironment = false);
    void edit(const std::string& id);
    void askToRemove(const std::string& id);
    /// Points CLOUDFLARE_API_TOKEN out, once, to who has no account yet.
    void offerEnvironment();

Q_SIGNALS:
    void added(const std::string& id);

private:
    /// What the dialog asks for, between two turns of the event loop.
    struct Attempt {
        profiles::Profile profile;
        std::optional<SecretBytes> fresh;   ///< Typed or from the environment; nullopt: the kept one.
    };
    void open(const profiles::Profile* existing, bool withEnvironment);
    [[nodiscard]] std::optional<Attempt> attempt() const;
    [[nodiscard]] profiles::Profile profileIn(const ui::ProfileDraft& draft) const;
    void test(bool thenSave);
    void check(Attempt attempt, SecretBytes token, bool thenSave);
    void save(Attempt attempt);
    void chooseCaFile();
    void remove(const std::string& id);

    Accounts& m_accounts;
    Preferences& m_preferences;
    LocalRecords& m_local;
    ui::MainWindow& m_window;
    const ui::Theme& m_theme;
    QPointer<ui::ProfileDialog> m_dialog;
    std::string m_id;         ///< Of the profile in the dialog; empty: a new one.
    std::unique_ptr<client::ApiTokenCheck> m_check;
    int m_round = 0;          ///< Raised by what makes a keychain's answer come too late.
};

} // namespace latchkey::app
