// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "PaletteModel.h"

#include <QDialog>

class QListView;

namespace latchkey::ui {

class TextField;
class Theme;

/// Finds any action and any token by some of its letters. Keyboard first: what is typed goes to the field, Up and Down
/// choose, Enter takes; a screen reader is told the choice as the field's description. Actions that cannot be taken now are
/// left out.
class CommandPalette final : public QDialog {
    Q_OBJECT

public:
    CommandPalette(const Theme& theme, QList<QAction*> actions, PaletteTokens tokens, QWidget* parent);

Q_SIGNALS:
    void tokenChosen(const latchkey::access::TokenId& id);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void choose(int row);
    void tellChoice();
    void takeCurrent();

    const Theme& m_theme;
    PaletteModel m_model;
    TextField* m_input;
    QListView* m_list;
};

} // namespace latchkey::ui
