// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CreateTokenDialog.h"

#include <QWidget>

class QCheckBox;
class QVBoxLayout;

namespace latchkey::ui {

class BusyIndicator;
class Button;
class DurationField;
class NameField;
class Panel;
class TextLabel;

/// The first page of CreateTokenDialog: name, duration, keep. Says what is wrong as it is typed, keeps what was typed.
class CreateTokenForm final : public QWidget {
    Q_OBJECT

public:
    CreateTokenForm(const Theme& theme, std::chrono::sys_seconds now, QWidget* parent = nullptr);

    void setNow(std::chrono::sys_seconds now);
    void setKeychainUnusable(const std::optional<QString>& reason);
    void setBusy(bool busy);
    [[nodiscard]] bool isBusy() const { return m_busy; }
    void showError(const QString& text);
    /// The token is there, its secret was lost on the way: what is asked for now is another secret for it.
    void offerNewSecret(const QString& text);

Q_SIGNALS:
    void submitted(const latchkey::ui::CreateTokenRequest& request);
    void newSecretRequested(bool keep);
    void cancelled();

private:
    void buildKeep(QVBoxLayout& column);
    void buildButtons(QVBoxLayout& column);
    void submit();

    const Theme& m_theme;
    bool m_busy = false;
    bool m_keepable = true;
    bool m_made = false;

    NameField* m_name;
    DurationField* m_duration;
    QCheckBox* m_keep;
    TextLabel* m_keepHint;
    Panel* m_errorPanel;
    TextLabel* m_error;
    BusyIndicator* m_busySign;
    Button* m_submit;
    Button* m_cancel;
};

} // namespace latchkey::ui
