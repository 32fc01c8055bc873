// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "DateText.h"
#include "SecretDialog.h"

#include <QWidget>

#include <map>

class QCheckBox;
class QVBoxLayout;

namespace latchkey::ui {

class BusyIndicator;
class Button;
class CopyButton;
class IconLabel;
class Panel;
class SecretField;
class TextField;
class TextLabel;

/// The second page of a SecretDialog: the secret, shown this once.
class SecretPage final : public QWidget {
    Q_OBJECT

public:
    explicit SecretPage(const Theme& theme, QWidget* parent = nullptr);

    void setOccasion(SecretDialog::Occasion occasion);   ///< Before showToken.
    void showToken(const access::ServiceToken& token, SecretBytes secret);
    void setKeepState(KeepState state, const QString& reason);
    void setClipboardCountdown(std::optional<std::chrono::seconds> left);
    void showCopied(CopyKind kind);
    void showCopyError(const QString& text);
    void wipe();

    [[nodiscard]] const SecretBytes& secret() const;
    [[nodiscard]] bool mayClose() const;   ///< Copied, kept, or the person says it is safe.

Q_SIGNALS:
    void copyRequested(latchkey::ui::CopyKind kind);
    void keepRetryRequested();
    void done();

private:
    void buildHead(QVBoxLayout& column);
    void buildFields(QVBoxLayout& column);
    void buildCopies(QVBoxLayout& column);
    void buildKeep(QVBoxLayout& column);
    void buildFoot(QVBoxLayout& column);
    CopyButton* addCopy(CopyKind kind, const QString& text, bool withIcon);
    void toggleReveal();
    void fillBanner();
    void updateDone();

    const Theme& m_theme;
    DateText m_dates;
    SecretDialog::Occasion m_occasion = SecretDialog::Occasion::created;
    KeepState m_keepState = KeepState::notAsked;
    bool m_copied = false;

    TextLabel* m_title;
    TextLabel* m_subtitle;
    Panel* m_banner;
    IconLabel* m_bannerIcon;
    TextLabel* m_bannerText;
    TextField* m_clientId;
    SecretField* m_secret;
    Button* m_reveal;
    TextLabel* m_countdown;
    TextLabel* m_copyError;
    BusyIndicator* m_keepBusy;
    IconLabel* m_keepIcon;
    TextLabel* m_keepText;
    Button* m_keepRetry;
    QCheckBox* m_stored;
    Button* m_done;
    std::map<CopyKind, CopyButton*> m_copies;
};

} // namespace latchkey::ui
