// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CredentialText.h"
#include "KeepState.h"

#include "agent/access/ServiceToken.h"

#include <QDialog>

#include <chrono>
#include <memory>
#include <optional>

namespace latchkey::ui {

class Theme;

/// What dialogs share that end in a secret shown once: a form, then the copy-once page.
///
/// Course: (the form asks) → (the app calls the API, then writes the secret to the keychain *first*) → showIssued,
/// setKeepState … → accepted. The dialog owns the secret from showIssued on, wipes it when it closes, and hands out copies
/// through text() and secret() only. GUI thread only; delete it when finished() comes.
class SecretDialog : public QDialog {
    Q_OBJECT

public:
    /// How the token came by the secret, for the words of the page.
    enum class Occasion { created, rotated };

    ~SecretDialog() override;

    void setSnippetUrl(const QString& url);   ///< What the copied curl command asks.
    /// The call failed or was cancelled; the form is as it was, with the error beside it.
    virtual void showError(const Error& error) = 0;
    void showIssued(const access::ServiceToken& token, SecretBytes secret, KeepState keep);
    void setKeepState(KeepState state, const QString& reason = {});

    /// The copy was made: the button says so, and Done is open.
    void showCopied(CopyKind kind);
    void showCopyError(const Error& error);
    /// What is left until the clipboard is cleared; nullopt: nothing of ours is in it.
    void setClipboardCountdown(std::optional<std::chrono::seconds> left);

    /// For the app's answer to copyRequested and keepRetryRequested; empty before showIssued.
    [[nodiscard]] SecretBytes text(CopyKind kind) const;
    [[nodiscard]] SecretBytes secret() const;
    [[nodiscard]] const std::optional<access::ServiceToken>& token() const;

    void reject() override;

Q_SIGNALS:
    void cancelRequested();      ///< While the call is under way: abort it, then showError (or showIssued if too late).
    void keepRetryRequested();
    void copyRequested(latchkey::ui::CopyKind kind);

protected:
    SecretDialog(const Theme& theme, Occasion occasion, QWidget* form, QWidget* parent);

    [[nodiscard]] virtual bool isBusy() const = 0;
    virtual void setIdle() = 0;   ///< The call is done: the form is no longer busy.

    void showEvent(QShowEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    void showPage(QWidget* page);

    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace latchkey::ui
