// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "BatchDialog.h"
#include "DateText.h"

#include <chrono>

namespace latchkey::ui {

class DurationField;

/// Gives many tokens one new duration, counted from now. Shows each token's end before and after, and names a loss.
class DurationDialog final : public BatchDialog {
    Q_OBJECT

public:
    DurationDialog(const Theme& theme, std::vector<access::ServiceToken> tokens, const QString& account, std::chrono::sys_seconds now,
                   QWidget* parent = nullptr);

    [[nodiscard]] access::Duration duration() const;   ///< What startRequested is about.

protected:
    void runningChanged(bool running) override;

private:
    void plan();

    DateText m_dates;
    std::chrono::sys_seconds m_now;
    DurationField* m_field;
    access::Duration m_duration = access::Duration::oneYear();
};

} // namespace latchkey::ui
