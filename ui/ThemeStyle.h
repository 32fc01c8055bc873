// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Theme.h"

#include <QProxyStyle>

class QStyleOptionButton;
class QStyleOptionHeader;

namespace latchkey::ui {

/// Paints controls from the theme's roles, over Fusion. Sizes follow the font, so that it holds at any scale; rectangles
/// go through visualRect, so that it holds right to left. Owned by the application.
class ThemeStyle final : public QProxyStyle {
    Q_OBJECT

public:
    explicit ThemeStyle(const Theme& theme);

    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
    void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                            const QWidget* widget) const override;
    QRect subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                         const QWidget* widget) const override;
    QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                           const QWidget* widget) const override;
    int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                  QStyleHintReturn* returned) const override;

    void polish(QWidget* widget) override;
    void polish(QApplication* application) override;
    void unpolish(QApplication* application) override;
    using QProxyStyle::polish;
    using QProxyStyle::unpolish;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void drawButtonPanel(const QStyleOption& option, QPainter& painter, const QWidget* widget) const;
    void drawButtonLabel(const QStyleOptionButton& option, QPainter& painter, const QWidget* widget) const;
    void drawHeader(const QStyleOptionHeader& option, QPainter& painter) const;
    void drawField(const QStyleOption& option, QPainter& painter, const QWidget* widget) const;
    void drawCheckBox(const QStyleOption& option, QPainter& painter) const;
    void drawScrollBar(const QStyleOptionComplex& option, QPainter& painter, const QWidget* widget) const;
    void drawComboBox(const QStyleOptionComplex& option, QPainter& painter, const QWidget* widget) const;

    const Theme& m_theme;
    bool m_underlines = false;   ///< Mnemonics are underlined while Alt is held, as on Windows.
};

/// Before the text of a cell of a table, and of its first column, which stands under the page's title.
inline constexpr int cellPadding = 12;
inline constexpr int firstColumnPadding = 18;

/// A rounded panel with a hairline: cards, fields, banners.
void drawRounded(QPainter& painter, const QRectF& rect, const QColor& fill, const QColor& border, qreal radius = 5,
                 qreal borderWidth = 1);

} // namespace latchkey::ui
