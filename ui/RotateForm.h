// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "DateText.h"
#include "RotateDialog.h"

#include <QWidget>

class QCheckBox;
class QVBoxLayout;

namespace latchkey::ui {

class BusyIndicator;
class Button;
class ErrorCard;
class GraceField;
class TextLabel;

/// The first page of RotateDialog.
class RotateForm final : public QWidget {
    Q_OBJECT

public:
    RotateForm(const Theme& theme, RotateDialog::Facts facts, QWidget* parent = nullptr);

    void setNow(std::chrono::sys_seconds now);
    void setKeychainUnusable(const std::optional<QString>& reason);
    void setBusy(bool busy);
    [[nodiscard]] bool isBusy() const { return m_busy; }
    void showError(const QString& text);

Q_SIGNALS:
    void submitted(const latchkey::ui::RotateRequest& request);
    void cancelled();

private:
    void buildHead(QVBoxLayout& column);
    void buildKeep(QVBoxLayout& column);
    void buildFoot(QVBoxLayout& column);
    void describe();
    void submit();

    const Theme& m_theme;
    DateText m_dates;
    RotateDialog::Facts m_facts;
    std::optional<QString> m_unusable;
    bool m_busy = false;

    GraceField* m_grace;
    QCheckBox* m_keep;
    TextLabel* m_keepHint;
    ErrorCard* m_error;
    BusyIndicator* m_busySign;
    Button* m_submit;
    Button* m_cancel;
};

} // namespace latchkey::ui
