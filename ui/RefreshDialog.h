// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "BatchDialog.h"

#include <chrono>

namespace latchkey::ui {

/// Shows each token's end before and after a refresh (now + 8760 h, whatever the duration was), names a loss when the old
/// end is later, and says that a token without an end stays as it is.
class RefreshDialog final : public BatchDialog {
    Q_OBJECT

public:
    RefreshDialog(const Theme& theme, std::vector<access::ServiceToken> tokens, std::chrono::sys_seconds now,
                  QWidget* parent = nullptr);

    /// The agent's answer; shows the end it really has now. Use instead of showDone.
    void showRefreshed(const access::ServiceToken& token);
};

} // namespace latchkey::ui
