// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "BatchDialog.h"
#include "DateText.h"

#include <chrono>
#include <optional>

namespace latchkey::ui {

class GraceField;

/// Rotates many tokens. Their new secrets go straight into the keychain, since nobody can copy a hundred pages; so it needs
/// one, and says so.
class RotateManyDialog final : public BatchDialog {
    Q_OBJECT

public:
    struct Facts {
        std::vector<access::ServiceToken> tokens;
        QString account;
        std::optional<QString> keychainUnusable;   ///< Why nothing can be kept.
        std::chrono::sys_seconds now;
    };
    RotateManyDialog(const Theme& theme, const Facts& facts, QWidget* parent = nullptr);

    /// nullopt: at once.
    [[nodiscard]] std::optional<std::chrono::sys_seconds> previousEnd(std::chrono::sys_seconds now) const;

protected:
    void runningChanged(bool running) override;

private:
    void plan(const Facts& facts);

    DateText m_dates;
    GraceField* m_grace;
};

} // namespace latchkey::ui
