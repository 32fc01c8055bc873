// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "WatchOptions.h"

#include <QDialog>

class QCheckBox;
class QVBoxLayout;

namespace latchkey::ui {

class TextLabel;
class Theme;

/// How Latchkey watches when nobody looks: notifications, the tray, starting at login. Choices hold at once.
class WatchDialog final : public QDialog {
    Q_OBJECT

public:
    WatchDialog(const Theme& theme, const WatchOptions& options, QWidget* parent = nullptr);

    void setOptions(const WatchOptions& options);   ///< As they are now, after a change that may have failed.
    /// A further section, below the others; the dialog owns it.
    void addSection(QWidget* section);

Q_SIGNALS:
    void optionsChosen(const latchkey::ui::WatchOptions& options);
    void testRequested();   ///< Show a notification, to see whether the desktop does.

private:
    QCheckBox* addChoice(const QString& text, const QString& explanation, const char* name);
    void choose();

    const Theme& m_theme;
    QVBoxLayout* m_sections;
    QCheckBox* m_notifications;
    QCheckBox* m_hideToTray;
    QCheckBox* m_startAtLogin;
    TextLabel* m_trayHint;
    TextLabel* m_problem;
    WatchOptions m_options;
};

} // namespace latchkey::ui
