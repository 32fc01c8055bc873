// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "DateText.h"
#include "Panel.h"

#include <QElapsedTimer>
#include <QTimer>

namespace latchkey::ui {

class Button;
class TextLabel;

/// In the details of a token that was rotated: how long its previous secret is still accepted, second by second, with a
/// button to end it now and one for more time. Hidden when there is none.
class PreviousSecretPanel final : public Panel {
    Q_OBJECT

public:
    explicit PreviousSecretPanel(const Theme& theme, QWidget* parent = nullptr);

    /// `now` may stay the same for a while; between two different ones the panel counts by itself.
    void setEnd(std::optional<std::chrono::sys_seconds> end, std::chrono::sys_seconds now);

Q_SIGNALS:
    void endNowRequested();
    void moreTimeRequested();

private:
    void tick();

    DateText m_dates;
    std::optional<std::chrono::sys_seconds> m_end;
    std::chrono::sys_seconds m_now{};
    QElapsedTimer m_sinceNow;
    QTimer m_tick;
    TextLabel* m_countdown;
    TextLabel* m_until;
};

} // namespace latchkey::ui
