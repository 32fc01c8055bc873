// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

namespace latchkey::ui {

class Theme;

/// A question with two answers, both verbs. Enter takes neither by accident: the safe one has the focus.
class ConfirmDialog final : public QDialog {
    Q_OBJECT

public:
    struct Words {
        QString title;
        QString text;
        QString yes;
        QString no;
        bool destructive = false;
    };
    ConfirmDialog(const Theme& theme, const Words& words, QWidget* parent);
};

} // namespace latchkey::ui
