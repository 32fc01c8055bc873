// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Button.h"
#include "Panel.h"

#include <optional>

class QBoxLayout;

namespace latchkey::ui {

class TextLabel;

/// A page that is a sentence and a way on: empty, loading, error, no match, problem.
class StatePage : public Panel {
    Q_OBJECT

public:
    /// Without an icon it shows that something is under way.
    StatePage(const Theme& theme, std::optional<IconName> icon, Role iconRole, QWidget* parent = nullptr);

    void setTitle(const QString& text);
    void setText(const QString& text);
    void setDetail(const QString& text);   ///< A path or someone else's words: fixed-pitch, can be selected.
    Button* addButton(Button::Kind kind, const QString& text);

    void focusFirstButton();   ///< Or the page itself, when it has none.

    [[nodiscard]] TextLabel* title() const { return m_title; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    TextLabel* m_title;
    TextLabel* m_text;
    TextLabel* m_detail;
    QBoxLayout* m_buttons;
};

} // namespace latchkey::ui
