// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Consumer.h"

#include <QWidget>

class QComboBox;

namespace latchkey::ui {

class TextField;
class Theme;

/// One consumer, to be filled in: a name, and by hand or by a command.
class ConsumerRow final : public QWidget {
    Q_OBJECT

public:
    ConsumerRow(const Theme& theme, const Consumer& consumer, QWidget* parent = nullptr);

    [[nodiscard]] Consumer consumer() const;
    [[nodiscard]] bool isValid() const;   ///< A name, and a command where it needs one.
    void focusName();

Q_SIGNALS:
    void changed();
    void removeRequested();

private:
    void show();

    TextField* m_name;
    QComboBox* m_kind;
    TextField* m_command;
};

} // namespace latchkey::ui
