// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Theme.h"

#include <QWidget>

namespace latchkey::ui {

/// A small dot in a role's colour. Decoration: the words beside it say the same.
class StateDot final : public QWidget {
    Q_OBJECT

public:
    explicit StateDot(const Theme& theme, QWidget* parent = nullptr);

    void setRole(Role role);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    Role m_role = Role::mutedText;
};

} // namespace latchkey::ui
