// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "AgentStatus.h"
#include "Panel.h"

namespace latchkey::ui {

class NavButton;
class StateDot;
class TextLabel;

/// The profile card with the agent's live state, and the pages.
class Sidebar final : public Panel {
    Q_OBJECT

public:
    explicit Sidebar(const Theme& theme, QWidget* parent = nullptr);

    void setProfileName(const QString& name);
    void setAgentStatus(const AgentStatus& status);
    void setTokenCount(const QString& count);

    [[nodiscard]] static QString words(const AgentStatus& status);

Q_SIGNALS:
    void tokensChosen();
    void actionsChosen();

protected:
    void changeEvent(QEvent* event) override;

private:
    void applyFont();

    TextLabel* m_name;
    TextLabel* m_state;
    StateDot* m_dot;
    NavButton* m_tokens;
};

} // namespace latchkey::ui
