// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

class QAction;
class QListWidget;

namespace latchkey::ui {

class TextField;
class Theme;

/// Finds any action by words, shows its shortcut, and triggers it. Actions that cannot be taken now are left out.
class ActionPalette final : public QDialog {
    Q_OBJECT

public:
    ActionPalette(const Theme& theme, QList<QAction*> actions, QWidget* parent);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void filter(const QString& text);
    void triggerCurrent();

    const Theme& m_theme;
    QList<QAction*> m_actions;   ///< Owned by the window, which outlives the palette.
    TextField* m_input;
    QListWidget* m_list;
};

} // namespace latchkey::ui
