// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Panel.h"

#include <QTimer>

#include <chrono>
#include <optional>

namespace latchkey::ui {

class TextLabel;

/// What is shown and selected, notices and the clipboard's countdown, how fresh the list is.
class StatusLine final : public Panel {
    Q_OBJECT

public:
    explicit StatusLine(const Theme& theme, QWidget* parent = nullptr);

    void setLeft(const QString& text);
    void setRight(const QString& text, Role role = Role::mutedText);
    void showNotice(const QString& text);
    void setClipboardCountdown(std::optional<std::chrono::seconds> left);

private:
    void showMiddle();

    TextLabel* m_left;
    TextLabel* m_middle;
    TextLabel* m_right;
    QString m_notice;
    QString m_countdown;
    QTimer m_noticeEnds;
};

} // namespace latchkey::ui
