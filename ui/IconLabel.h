// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Theme.h"

#include <QWidget>

namespace latchkey::ui {

/// An icon in a role's colour, as decoration beside words that say the same.
class IconLabel final : public QWidget {
    Q_OBJECT

public:
    IconLabel(const Theme& theme, IconName icon, Role role, int side = 16, QWidget* parent = nullptr);

    void setIcon(IconName icon, Role role);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    IconName m_icon;
    Role m_role;
};

} // namespace latchkey::ui
