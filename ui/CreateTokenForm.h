// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CreateTokenDialog.h"
#include "DateText.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QVBoxLayout;

namespace latchkey::ui {

class BusyIndicator;
class Button;
class Panel;
class TextField;
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

Q_SIGNALS:
    void submitted(const latchkey::ui::CreateTokenRequest& request);
    void cancelled();

private:
    void buildName(QVBoxLayout& column);
    void buildDuration(QVBoxLayout& column);
    void buildKeep(QVBoxLayout& column);
    void buildButtons(QVBoxLayout& column);
    void checkName();
    void checkDuration();
    void submit();
    [[nodiscard]] std::string name() const;
    [[nodiscard]] Result<access::Duration> duration() const;

    const Theme& m_theme;
    DateText m_dates;
    std::chrono::sys_seconds m_now;
    bool m_busy = false;
    bool m_nameTouched = false;
    bool m_keepable = true;

    TextField* m_name;
    TextLabel* m_nameHint;
    QComboBox* m_choice;
    TextField* m_custom;
    TextLabel* m_end;
    QCheckBox* m_keep;
    TextLabel* m_keepHint;
    Panel* m_errorPanel;
    TextLabel* m_error;
    BusyIndicator* m_busySign;
    Button* m_submit;
    Button* m_cancel;
};

} // namespace latchkey::ui
