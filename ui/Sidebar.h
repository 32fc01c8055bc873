// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "AgentStatus.h"
#include "Panel.h"
#include "ProfileView.h"

namespace latchkey::ui {

class NavButton;
class ProfileCard;

/// The profile card with the agent's live state, and the pages.
class Sidebar final : public Panel {
    Q_OBJECT

public:
    explicit Sidebar(const Theme& theme, QWidget* parent = nullptr);

    void setProfile(const ProfileView& profile);
    /// Of a profile that is not the agent's: how its list is doing. The agent's own state is setAgentStatus().
    void setListState(Role dot, const QString& words);
    void setAgentStatus(const AgentStatus& status);
    void setTokenCount(const QString& count);


    [[nodiscard]] QWidget* profileCard() const;
    [[nodiscard]] static QString words(const AgentStatus& status);

Q_SIGNALS:
    void tokensChosen();
    void actionsChosen();
    void profilesChosen();    ///< Open their menu at profileCard().
    void addAccountChosen();
    void settingsChosen();

protected:
    void changeEvent(QEvent* event) override;

private:
    void applyFont();

    ProfileCard* m_card;
    NavButton* m_tokens;
    ProfileView::Kind m_kind = ProfileView::Kind::agent;
    AgentStatus m_agent;
};

} // namespace latchkey::ui
