// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "SecretDialog.h"

#include "agent/access/Duration.h"

namespace latchkey::ui {

class CreateTokenForm;

/// What the person asked for; the name is trimmed, 1 to 255 characters.
struct CreateTokenRequest {
    std::string name;
    access::Duration duration = access::Duration::oneYear();
    bool keep = true;
};

/// Creates a token and shows its secret once. The course is SecretDialog's, begun by createRequested.
class CreateTokenDialog final : public SecretDialog {
    Q_OBJECT

public:
    CreateTokenDialog(const Theme& theme, std::chrono::sys_seconds now, QWidget* parent = nullptr);

    void setNow(std::chrono::sys_seconds now);
    /// The keychain cannot keep it, and why ("The keychain is locked."): the box is off and says so. nullopt: it can.
    void setKeychainUnusable(const std::optional<QString>& reason);

    void showError(const Error& error) override;
    /// The token was created, but its secret was lost on the way.
    void offerNewSecret(const QString& text);
    void showCreated(const access::ServiceToken& token, SecretBytes secret, KeepState keep);

Q_SIGNALS:
    void createRequested(const latchkey::ui::CreateTokenRequest& request);
    void newSecretRequested(bool keep);   ///< After offerNewSecret().

protected:
    [[nodiscard]] bool isBusy() const override;
    void setIdle() override;

private:
    CreateTokenDialog(const Theme& theme, CreateTokenForm* form, QWidget* parent);

    CreateTokenForm* m_form;
};

} // namespace latchkey::ui
