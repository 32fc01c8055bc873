// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "SecretDialog.h"

namespace latchkey::ui {

class RotateForm;

/// What the person asked for. `previousEnd` nullopt: the old secret dies at once.
struct RotateRequest {
    std::optional<std::chrono::sys_seconds> previousEnd;
    bool keep = true;
};

/// Gives a token a new secret: says what follows, asks how long the previous one stays accepted, then shows the new one
/// once. The course is SecretDialog's, begun by rotateRequested.
class RotateDialog final : public SecretDialog {
    Q_OBJECT

public:
    struct Facts {
        access::ServiceToken token;
        QString account;             ///< Where the token is: the profile's name.
        bool keptNow = false;        ///< The old secret is in the keychain and would be replaced.
        std::chrono::sys_seconds now;
    };
    RotateDialog(const Theme& theme, Facts facts, QWidget* parent = nullptr);

    void setNow(std::chrono::sys_seconds now);
    void setKeychainUnusable(const std::optional<QString>& reason);
    void showError(const Error& error) override;

Q_SIGNALS:
    void rotateRequested(const latchkey::ui::RotateRequest& request);

protected:
    [[nodiscard]] bool isBusy() const override;
    void setIdle() override;

private:
    RotateDialog(const Theme& theme, RotateForm* form, QWidget* parent);

    RotateForm* m_form;
};

} // namespace latchkey::ui
