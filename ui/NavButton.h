// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Icon.h"

#include <QPushButton>

namespace latchkey::ui {

/// A page's entry in the sidebar: icon, name, and a count or a shortcut at the far end.
class NavButton final : public QPushButton {
    Q_OBJECT

public:
    NavButton(const Theme& theme, IconName icon, const QString& text, QWidget* parent = nullptr);

    void setTrailing(const QString& text);
    void setMuted(bool muted);

    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    IconName m_icon;
    QString m_trailing;
    bool m_muted = false;
};

} // namespace latchkey::ui
