// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Theme.h"

#include <QWidget>

namespace latchkey::ui {

/// A surface in a role's colour with hairlines on some edges, or a rounded card.
class Panel : public QWidget {
    Q_OBJECT

public:
    Panel(const Theme& theme, Role surface, Qt::Edges hairlines = {}, QWidget* parent = nullptr);

    void setCard(bool card);
    void setSurface(Role surface);

protected:
    void paintEvent(QPaintEvent* event) override;
    [[nodiscard]] const Theme& theme() const { return m_theme; }

private:
    const Theme& m_theme;
    Role m_surface;
    Qt::Edges m_hairlines;
    bool m_card = false;
};

} // namespace latchkey::ui
