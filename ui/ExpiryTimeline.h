// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "TokenFilter.h"

#include <QTimer>
#include <QTimeZone>
#include <QWidget>

#include <array>

class QButtonGroup;

namespace latchkey::ui {

class Theme;
class TimelineBar;
class TokenModel;

/// When the tokens end: what is over, this month and the eleven after it, later, never; a bar each, as high as its count.
/// A bar chosen shows those tokens only (TokenModel::setSpan), chosen again all of them. Counts every token, whatever chip
/// and search leave, so that it stays put while they change. Arrow keys move between bars. GUI thread only.
class ExpiryTimeline final : public QWidget {
    Q_OBJECT

public:
    static constexpr int monthCount = 12;
    static constexpr int barCount = monthCount + 3;

    struct Span {
        ExpirySpan span;
        QString label;      ///< What fits under a bar,
        QString sign;       ///< and under a narrow one.
        QString longText;   ///< "December 2026"
    };
    /// Past, the months, later, never. The first month begins with `now`, the others with their first day in `zone`.
    [[nodiscard]] static std::array<Span, barCount> spansAt(std::chrono::sys_seconds now, const QTimeZone& zone);

    ExpiryTimeline(const Theme& theme, TokenModel& model, QWidget* parent = nullptr);

    void clearChoice();   ///< All tokens are shown again.

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

private:
    void count();
    void choose(int bar);
    void showChosen();

    TokenModel& m_model;
    std::array<Span, barCount> m_spans;
    std::array<TimelineBar*, barCount> m_bars{};
    QButtonGroup* m_group;
    QTimer m_counting;   ///< A list arrives in many pages: one count for several.
    bool m_changedSince = false;
};

} // namespace latchkey::ui
