// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ExportController.h"
#include "ProfileHands.h"
#include "TokenListing.h"

#include <QObject>
#include <QTimer>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace latchkey::app {

/// The tokens of every profile in one list, each row with the name of its profile. What is wanted of a row is done by its
/// own profile's hands, in dialogs that name it; of rows of several profiles, by one profile after the other. A profile
/// that does not answer is told by name, and its last rows stay. GUI thread.
class AllProfiles final : public QObject, private Together {
    Q_OBJECT
public:
    /// `missing`: those that there is no connection to, by name, and why.
    AllProfiles(const Parts& parts, const std::vector<ConnectedProfile>& profiles, std::map<QString, QString> missing, QObject* parent = nullptr);
    ~AllProfiles() override;

    void reload();

Q_SIGNALS:
    void createWanted(const QString& id);   ///< In this profile, named as the window names it.

private:
    using Ids = std::vector<access::TokenId>;
    struct Member;

    void connectWindow();
    void look();
    void look(Member& member);
    void took(Member& member, Result<std::optional<TokenListing::Tokens>> tokens, std::uint64_t changesBefore);
    void answered();
    void showAll(bool changed);
    void loadApplications(Member& member);
    void showApplications();
    void showNotes() override;
    void showUnfinished() override;
    [[nodiscard]] std::unordered_map<access::TokenId, ui::TokenNote> notes() const override;
    void chooseWhereToCreate();
    [[nodiscard]] Member* ownerOf(const access::TokenId& id) const;
    /// Lets each profile that has some of the tokens do `what` with them, one after the other's dialog.
    void share(const Ids& ids, std::function<void(Intents&, const Ids&)> what);
    void nextShare();

    Parts m_parts;
    std::map<QString, QString> m_missing;
    std::vector<std::unique_ptr<Member>> m_members;
    std::map<access::TokenId, Member*> m_owners;
    std::optional<Session> m_exportSession;   ///< As if all were one.
    std::unique_ptr<ExportController> m_exports;
    std::deque<std::function<void()>> m_shares;
    int m_pending = 0;
    bool m_changed = false;
    bool m_stopped = false;      ///< By the person, before all had answered.
    QTimer m_poll;
};

} // namespace latchkey::app
