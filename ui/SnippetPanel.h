// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Snippet.h"

#include <QWidget>

class QCheckBox;
class QComboBox;

namespace latchkey::ui {

class CodeBlock;
class CopyButton;
class Theme;

/// "Use it with …": a snippet, and a button that copies it; with the secret in it when the person asks for that and the
/// keychain has it. What is shown never holds the secret.
class SnippetPanel final : public QWidget {
    Q_OBJECT

public:
    explicit SnippetPanel(const Theme& theme, QWidget* parent = nullptr);

    /// `shownId` is what stands on the screen, `clientId` what is copied.
    void setToken(const access::ClientId& clientId, const access::ClientId& shownId, const QString& url, bool secretKept);
    void resetCopied();
    void showCopied();   ///< The app has copied what copyWithSecretRequested asked for.

Q_SIGNALS:
    void copyTextRequested(const QString& text);
    void copyWithSecretRequested(latchkey::ui::SnippetKind kind, const QString& url);

private:
    void fill();
    void copy();
    [[nodiscard]] SnippetKind kind() const;

    access::ClientId m_clientId;
    access::ClientId m_shownId;
    QString m_url;
    QComboBox* m_kind;
    CodeBlock* m_code;
    CopyButton* m_copy;
    QCheckBox* m_include;
};

} // namespace latchkey::ui
