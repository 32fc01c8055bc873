// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/ServiceToken.h"
#include "agent/base/SecretBytes.h"

#include <QDialog>

namespace latchkey::ui {

class BusyIndicator;
class Button;
class ErrorCard;
class SecretInput;
class TextLabel;
class Theme;

/// Takes a secret that was made elsewhere, so that Latchkey can copy it later. Its form and, where the form has one, its
/// checksum are verified by whoever made the dialog. Course: changed → setVerdict …; keepRequested → accept() or showError.
class KeepSecretDialog final : public QDialog {
    Q_OBJECT

public:
    KeepSecretDialog(const Theme& theme, const access::ServiceToken& token, bool replaces, QWidget* parent = nullptr);

    /// A copy of what was pasted, without what stands around it.
    [[nodiscard]] SecretBytes secret() const;
    void setVerdict(bool good, const QString& words);
    void showError(const Error& error);

Q_SIGNALS:
    void changed();
    void keepRequested();

private:
    void setBusy(bool busy);

    bool m_good = false;
    SecretInput* m_input;
    TextLabel* m_verdict;
    ErrorCard* m_error;
    BusyIndicator* m_busySign;
    Button* m_keep;
};

} // namespace latchkey::ui
