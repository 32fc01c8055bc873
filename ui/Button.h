// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Icon.h"

#include <QPushButton>

namespace latchkey::ui {

/// A push button whose kind the style paints.
class Button final : public QPushButton {
    Q_OBJECT

public:
    enum class Kind {
        standard,
        primary,       ///< The one thing to do here.
        danger,        ///< Leads to a loss, after a question.
        destructive,   ///< Is the loss.
        quiet,         ///< No frame until hovered; icons in rows.
        chip,          ///< Checkable pill.
    };

    Button(const Theme& theme, Kind kind, const QString& text, QWidget* parent = nullptr);
    /// An icon alone; `name` is what screen readers say and the tool tip shows.
    Button(const Theme& theme, IconName icon, const QString& name, Kind kind = Kind::standard, QWidget* parent = nullptr);

    [[nodiscard]] Kind kind() const { return m_kind; }
    void setKind(Kind kind);
    void setThemedIcon(IconName icon);
    void clearIcon() { setIcon(QIcon()); }

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    const Theme& m_theme;
    Kind m_kind;
};

} // namespace latchkey::ui
