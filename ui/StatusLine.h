// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Panel.h"

#include <QTimer>

#include <chrono>
#include <functional>
#include <optional>

namespace latchkey::ui {

class Button;
class TextLabel;

/// What is shown and selected, notices and the clipboard's countdown, how fresh the list is.
class StatusLine final : public Panel {
    Q_OBJECT

public:
    explicit StatusLine(const Theme& theme, QWidget* parent = nullptr);

    void setLeft(const QString& text);
    void setRight(const QString& text, Role role = Role::mutedText);
    /// With an `undo` it stays longer and has a button for it; taken or not, it goes with the notice.
    /// A button beside the right text that stops what is loading.
    void setCancellable(bool cancellable);
    void showNotice(const QString& text, std::function<void()> undo = {});
    [[nodiscard]] bool canUndo() const { return static_cast<bool>(m_undo); }
    void undo();
    void setClipboardCountdown(std::optional<std::chrono::seconds> left);

Q_SIGNALS:
    void cancelRequested();
    void canUndoChanged(bool can);

private:
    void showMiddle();
    void setUndo(std::function<void()> undo);

    TextLabel* m_left;
    TextLabel* m_middle;
    TextLabel* m_right;
    Button* m_cancelButton;
    Button* m_undoButton;
    std::function<void()> m_undo;
    QString m_notice;
    QString m_countdown;
    QTimer m_noticeEnds;
};

} // namespace latchkey::ui
