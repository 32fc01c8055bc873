// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CredentialText.h"

#include "agent/access/Duration.h"
#include "agent/access/ServiceToken.h"

#include <QDialog>

#include <chrono>
#include <memory>
#include <optional>

namespace latchkey::ui {

class Theme;

/// Where the new secret's copy in the keychain stands. `notAsked`: the person did not want it kept.
enum class KeepState { notAsked, keeping, kept, failed };

/// What the person asked for; the name is trimmed, 1 to 255 characters.
struct CreateTokenRequest {
    std::string name;
    access::Duration duration = access::Duration::oneYear();
    bool keep = true;
};

/// Creates a token and shows its secret once. Two pages: the form, then the copy-once page.
///
/// Course: createRequested → (the app creates, then writes the secret to the keychain *first*) → showCreated, setKeepState
/// … → accepted. The dialog owns the secret from showCreated on, wipes it when it closes, and hands out copies through
/// text() and secret() only. GUI thread only; delete it when finished() comes (WA_DeleteOnClose is the app's choice).
class CreateTokenDialog final : public QDialog {
    Q_OBJECT

public:
    CreateTokenDialog(const Theme& theme, std::chrono::sys_seconds now, QWidget* parent = nullptr);
    ~CreateTokenDialog() override;

    void setNow(std::chrono::sys_seconds now);
    /// The keychain cannot keep it, and why ("The keychain is locked."): the box is off and says so. nullopt: it can.
    void setKeychainUnusable(const std::optional<QString>& reason);
    void setSnippetUrl(const QString& url);   ///< What the copied curl command asks.

    /// The create call failed or was cancelled; the form is as it was, with the error beside it.
    void showError(const Error& error);
    void showCreated(const access::ServiceToken& token, SecretBytes secret, KeepState keep);
    void setKeepState(KeepState state, const QString& reason = {});

    /// The copy was made: the button says so, and Done is open.
    void showCopied(CopyKind kind);
    void showCopyError(const Error& error);
    /// What is left until the clipboard is cleared; nullopt: nothing of ours is in it.
    void setClipboardCountdown(std::optional<std::chrono::seconds> left);

    /// For the app's answer to copyRequested and keepRetryRequested; empty before showCreated.
    [[nodiscard]] SecretBytes text(CopyKind kind) const;
    [[nodiscard]] SecretBytes secret() const;
    [[nodiscard]] const std::optional<access::ServiceToken>& token() const;

    void reject() override;

Q_SIGNALS:
    void createRequested(const latchkey::ui::CreateTokenRequest& request);
    void cancelRequested();      ///< While the create call is under way: abort it, then showError (or showCreated if too late).
    void keepRetryRequested();
    void copyRequested(latchkey::ui::CopyKind kind);

protected:
    void showEvent(QShowEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    void showPage(QWidget* page);

    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace latchkey::ui
