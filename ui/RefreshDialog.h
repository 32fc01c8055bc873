// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "BatchDialog.h"
#include "DateText.h"

#include <chrono>

namespace latchkey::ui {

class IconLabel;
class TextLabel;

/// Shows each token's end before and after a refresh (now + 8760 h, whatever the duration was), names a loss when the old
/// end is later, and says that a token without an end stays as it is.
class RefreshDialog final : public BatchDialog {
    Q_OBJECT

public:
    RefreshDialog(const Theme& theme, std::vector<access::ServiceToken> tokens, std::chrono::sys_seconds now,
                  QWidget* parent = nullptr);

    /// The agent's answer; shows the end it really has now. Use instead of showDone.
    void showRefreshed(const access::ServiceToken& token);

private:
    void buildOne(const access::ServiceToken& token);
    void planMany();
    [[nodiscard]] QString endOf(const access::ServiceToken& token) const;

    DateText m_dates;
    std::chrono::sys_seconds m_now;
    TextLabel* m_beforeName = nullptr;
    TextLabel* m_afterName = nullptr;
    TextLabel* m_after = nullptr;
    IconLabel* m_noteIcon = nullptr;
    TextLabel* m_note = nullptr;
};

} // namespace latchkey::ui
