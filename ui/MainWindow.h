// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "AgentStatus.h"
#include "CredentialText.h"
#include "ExportFormat.h"
#include "Problem.h"
#include "ProfileView.h"
#include "RequestLine.h"
#include "Snippet.h"
#include "TokenIntent.h"
#include "TokenNote.h"

#include "agent/access/Application.h"
#include "agent/access/ServiceToken.h"

#include <QMainWindow>

#include <chrono>
#include <functional>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace latchkey::ui {

class Theme;
class SavedSearchMenu;
class TokenModel;

/// The main window: sidebar, token table, details, banners, status line. It is told facts and emits what the person
/// wants; it asks no one, reads no clock and touches neither network, keychain, files, settings nor the clipboard.
/// GUI thread only. `theme` outlives it.
class MainWindow final : public QMainWindow {
    Q_OBJECT

public:
    MainWindow(const Theme& theme, std::chrono::sys_seconds now, QWidget* parent = nullptr);
    ~MainWindow() override;

    // Facts.
    /// The time all relative dates, states and counts are told by. Call it every half minute and after a clock jump.
    void setNow(std::chrono::sys_seconds now);
    /// The profiles there are, and which of them the window shows: its name, colour, and what only an agent has.
    void setProfiles(std::vector<ProfileView> profiles, const QString& current);
    [[nodiscard]] const ProfileView& profile() const;         ///< The one shown; the local agent until told otherwise.
    [[nodiscard]] const QString& profileName() const;         ///< For dialogs that name the account they change.
    /// Another profile is shown from now on: with the rows that are known of it, marked as old, or with none. Nothing of
    /// the one before stays.
    void showKnown(std::vector<access::ServiceToken> tokens, std::vector<access::Application> applications,
                   std::optional<std::chrono::sys_seconds> loadedAt);
    [[nodiscard]] std::optional<std::chrono::sys_seconds> loadedAt() const;   ///< When the rows on screen were true.
    void setAgentStatus(const AgentStatus& status);

    void setLoading();                                        ///< A list is under way; rows already there stay.
    /// A page of a list that is still loading; `total` is how many there will be.
    void addTokens(std::vector<access::ServiceToken> page, int total);
    /// The whole list. Rows are changed by id, so selection and scroll position stay.
    void setTokens(std::vector<access::ServiceToken> tokens, std::chrono::sys_seconds loadedAt);
    void setUnchanged(std::chrono::sys_seconds lookedAt);     ///< The rows on screen are still the whole list.
    void putToken(const access::ServiceToken& token);         ///< Created or changed.
    void removeToken(const access::TokenId& id);              ///< Deleted.
    /// The list could not be loaded; rows already there stay and are marked as old.
    void setLoadError(const Error& error);
    /// The person stopped it: rows already there stay, and are marked as incomplete or old.
    void setLoadStopped();
    /// The server asked for a pause: what is left of it; nullopt: it is over.
    void setPause(std::optional<std::chrono::seconds> left);
    void setApplications(std::vector<access::Application> applications);
    /// The tokens whose secret is in this computer's keychain.
    void setKeptSecrets(std::unordered_set<access::TokenId> kept);
    void setSecretKept(const access::TokenId& id, bool kept);
    /// The profile of each token, for the list of all profiles; empty: they are all of the one that is shown.
    void setTokenAccounts(const std::unordered_map<access::TokenId, QString>& accounts);
    /// Owners and notes, kept locally; those without one need not be in it.
    void setTokenNotes(std::unordered_map<access::TokenId, TokenNote> notes);
    void setLastRequests(const access::TokenId& id, std::vector<RequestLine> requests);   ///< Newest first.

    void setProblem(const Problem& problem);                  ///< Replaces an earlier one.
    void clearProblem();
    void setBanner(BannerKind kind, const QString& reason = {});
    void clearBanner(BannerKind kind);
    /// Names of tokens whose guided rotation waits to go on; empty: none. A banner offers to resume.
    void setUnfinishedRotations(const QStringList& names);

    /// A secret of the selected token is in the clipboard (the button says so for a moment).
    void showCopied(CopyKind kind);
    void showSnippetCopied();
    void showCopyError(const Error& error);
    /// What is left until the clipboard is cleared; nullopt: nothing of ours is in it.
    void setClipboardCountdown(std::optional<std::chrono::seconds> left);
    /// A sentence in the status line, gone with the next one or after some seconds; read out by screen readers.
    /// With an `undo` there is a button for it (and Ctrl+Z), for ten seconds or until the next notice.
    void showNotice(const QString& text, std::function<void()> undo = {});

    /// Selects the token and scrolls to it, clearing the filter when it hides it. For a token just created.
    void selectToken(const access::TokenId& id);
    [[nodiscard]] std::vector<access::ServiceToken> selectedTokens() const;
    [[nodiscard]] const TokenModel& tokenModel() const;
    [[nodiscard]] const std::vector<access::Application>& applications() const;

    /// Geometry, splitters, columns and sort order in one value. The app keeps it; restore before the window is shown.
    [[nodiscard]] SavedSearchMenu& savedSearches() const;   ///< For whoever keeps them from run to run.
    [[nodiscard]] QByteArray saveLayout() const;
    bool restoreLayout(const QByteArray& layout);             ///< false: not ours or from a newer version; nothing changed.

Q_SIGNALS:
    void createRequested();                                            ///< Open a CreateTokenDialog.
    void reloadRequested();
    void stopLoadingRequested();
    void profileChosen(const QString& id);
    void addProfileRequested();
    void editProfileRequested(const QString& id);
    void removeProfileRequested(const QString& id);
    void settingsRequested();
    void refreshRequested(const std::vector<latchkey::access::TokenId>& ids);   ///< Open a RefreshDialog.
    void deleteRequested(const std::vector<latchkey::access::TokenId>& ids);    ///< Open a DeleteDialog.
    void tokensIntended(latchkey::ui::TokenIntent intent, const std::vector<latchkey::access::TokenId>& ids);
    void createManyRequested();                                        ///< Open a CreateManyForm.
    void exportRequested(latchkey::ui::ExportFormat format);           ///< Of what the list shows.
    void resumeRequested();                                            ///< The first unfinished guided rotation.
    void selectionChanged(const std::vector<latchkey::access::TokenId>& ids);   ///< Time to fetch last requests.
    void copyTextRequested(const QString& text);                       ///< Public text: Client IDs, a snippet.
    void copySecretRequested(const latchkey::access::TokenId& id, latchkey::ui::CopyKind kind);   ///< From the keychain.
    void copySnippetRequested(const latchkey::access::TokenId& id, latchkey::ui::SnippetKind kind, const QString& url);
    void problemActionRequested(latchkey::ui::ProblemAction action);
    void quitRequested();
    void closing();                                                    ///< The window is about to close: keep saveLayout().

protected:
    void closeEvent(QCloseEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace latchkey::ui
