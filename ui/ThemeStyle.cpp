// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ThemeStyle.h"

#include "Button.h"
#include "TextField.h"

#include <QApplication>
#include <QComboBox>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>
#include <QPainterPath>
#include <QStyleFactory>
#include <QStyleOption>
#include <QToolTip>

namespace latchkey::ui {

namespace {

constexpr int styleIconSide = 16;
constexpr int fieldPadding = 8;   ///< Above and below the text of a button, field or list.
constexpr int scrollBarExtent = 12;

int fieldHeight(const QFontMetrics& metrics)
{
    return metrics.height() + 2 * fieldPadding;
}

bool showsFocus(const QStyleOption& option)
{
    return option.state.testFlag(QStyle::State_HasFocus) && option.state.testFlag(QStyle::State_KeyboardFocusChange);
}

Button::Kind kindOf(const QWidget* widget)
{
    const auto* button = qobject_cast<const Button*>(widget);
    return button ? button->kind() : Button::Kind::standard;
}

} // namespace

void drawRounded(QPainter& painter, const QRectF& rect, const QColor& fill, const QColor& border, qreal radius,
                 qreal borderWidth)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(border.isValid() ? QPen(border, borderWidth) : QPen(Qt::NoPen));
    painter.setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    const qreal inset = border.isValid() ? borderWidth / 2 : 0;
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius);
    painter.restore();
}

ThemeStyle::ThemeStyle(const Theme& theme)
    : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion")))   // the proxy owns its base
    , m_theme(theme)
{
}

void ThemeStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                               const QWidget* widget) const
{
    switch (element) {
    case PE_PanelButtonCommand:
        drawButtonPanel(*option, *painter, widget);
        return;
    case PE_FrameDefaultButton:
        return;
    case PE_PanelLineEdit:
        drawField(*option, *painter, widget);
        return;
    case PE_FrameLineEdit:
        return;
    case PE_IndicatorCheckBox:
        drawCheckBox(*option, *painter);
        return;
    case PE_FrameFocusRect:
        if (!qobject_cast<const QPushButton*>(widget))
            drawRounded(*painter, QRectF(option->rect), {}, m_theme.color(Role::accentText), 3, 2);
        return;
    case PE_PanelTipLabel:
    case PE_FrameMenu:
        painter->fillRect(option->rect, m_theme.color(Role::surface));
        drawRounded(*painter, QRectF(option->rect), {}, m_theme.color(Role::hairline), 0);
        return;
    case PE_FrameStatusBarItem:
        return;
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void ThemeStyle::drawButtonPanel(const QStyleOption& option, QPainter& painter, const QWidget* widget) const
{
    const bool enabled = option.state.testFlag(State_Enabled);
    const bool pressed = enabled && option.state.testFlag(State_Sunken);
    const bool hovered = enabled && option.state.testFlag(State_MouseOver);
    const bool checked = option.state.testFlag(State_On);
    const QRectF rect(option.rect);

    QColor fill = m_theme.color(pressed ? Role::selection : hovered ? Role::hover : Role::surface);
    QColor border = m_theme.color(Role::hairline);
    qreal radius = 5;
    switch (kindOf(widget)) {
    case Button::Kind::primary:
        if (enabled) {
            fill = m_theme.color(hovered || pressed ? Role::accentHover : Role::accent);
            border = fill;
        }
        break;
    case Button::Kind::destructive:
        if (enabled) {
            fill = m_theme.color(Role::danger);
            border = fill;
        }
        break;
    case Button::Kind::quiet:
        if (!pressed && !hovered)
            fill = Qt::transparent;
        border = QColor();
        break;
    case Button::Kind::chip:
        radius = rect.height() / 2;
        if (checked) {
            fill = m_theme.color(Role::selection);
            border = m_theme.color(Role::accentText);
        }
        break;
    case Button::Kind::standard:
    case Button::Kind::danger:
        break;
    }
    drawRounded(painter, rect, fill, border, radius);
    if (!showsFocus(option))
        return;
    // Outside would need room round every button: a ring inside, set off from a filled button by the surface's colour.
    drawRounded(painter, rect, {}, m_theme.color(Role::accentText), radius, 2);
    if (const auto kind = kindOf(widget); kind == Button::Kind::primary || kind == Button::Kind::destructive)
        drawRounded(painter, rect.adjusted(2, 2, -2, -2), {}, m_theme.color(Role::surface), radius - 1, 1.5);
}

void ThemeStyle::drawButtonLabel(const QStyleOptionButton& option, QPainter& painter, const QWidget* widget) const
{
    const bool enabled = option.state.testFlag(State_Enabled);
    const bool checked = option.state.testFlag(State_On);
    Role role = Role::text;
    QFont font = painter.font();
    switch (kindOf(widget)) {
    case Button::Kind::primary: role = Role::onAccent; break;
    case Button::Kind::destructive: role = Role::onDanger; break;
    case Button::Kind::danger: role = Role::danger; break;
    case Button::Kind::chip:
        if (checked) {
            role = Role::accentText;
            font.setWeight(QFont::DemiBold);
        }
        break;
    case Button::Kind::standard:
    case Button::Kind::quiet:
        break;
    }
    painter.save();
    if (kindOf(widget) != Button::Kind::chip && kindOf(widget) != Button::Kind::quiet)
        font.setWeight(QFont::Medium);
    painter.setFont(font);
    const QFontMetrics metrics(font);
    const int flags = Qt::AlignVCenter | Qt::AlignLeft
        | (proxy()->styleHint(SH_UnderlineShortcut, &option, widget) ? Qt::TextShowMnemonic : Qt::TextHideMnemonic);
    const int gap = option.icon.isNull() || option.text.isEmpty() ? 0 : grid;
    const int iconWidth = option.icon.isNull() ? 0 : styleIconSide;
    const int textWidth = option.text.isEmpty() ? 0 : metrics.size(Qt::TextShowMnemonic, option.text).width();
    const int total = qMin(option.rect.width(), iconWidth + gap + textWidth);
    const QRect content(option.rect.left() + (option.rect.width() - total) / 2, option.rect.top(), total,
                        option.rect.height());
    if (iconWidth) {
        const QRect logical(content.left(), content.center().y() - styleIconSide / 2 + 1, styleIconSide, styleIconSide);
        option.icon.paint(&painter, visualRect(option.direction, content, logical), Qt::AlignCenter,
                          enabled ? QIcon::Normal : QIcon::Disabled);
    }
    if (textWidth) {
        const QRect logical = content.adjusted(iconWidth + gap, 0, 0, 0);
        painter.setPen(m_theme.color(enabled ? role : Role::disabledText));
        painter.drawText(visualRect(option.direction, content, logical),
                         static_cast<int>(visualAlignment(option.direction, Qt::AlignLeft)) | (flags & ~Qt::AlignLeft),
                         option.text);
    }
    painter.restore();
}

void ThemeStyle::drawField(const QStyleOption& option, QPainter& painter, const QWidget* widget) const
{
    const auto* edit = qobject_cast<const QLineEdit*>(widget);
    const auto* field = qobject_cast<const TextField*>(widget);
    const bool enabled = option.state.testFlag(State_Enabled);
    const bool readOnly = edit && edit->isReadOnly();
    const bool focus = option.state.testFlag(State_HasFocus);
    const bool invalid = field && field->isInvalid();
    const QColor border = m_theme.color(invalid ? Role::danger : focus ? Role::accentText : Role::hairline);
    drawRounded(painter, QRectF(option.rect), m_theme.color(readOnly || !enabled ? Role::codeSurface : Role::surface),
                border, 5, focus ? 2 : 1);
}

void ThemeStyle::drawCheckBox(const QStyleOption& option, QPainter& painter) const
{
    const bool enabled = option.state.testFlag(State_Enabled);
    const bool on = option.state.testFlag(State_On);
    const QRectF rect(option.rect);
    const QColor accent = m_theme.color(enabled ? Role::accent : Role::disabledText);
    if (on)
        drawRounded(painter, rect, accent, accent, 3);
    else
        drawRounded(painter, rect, m_theme.color(enabled ? Role::surface : Role::codeSurface),
                    m_theme.color(enabled ? Role::controlBorder : Role::hairline), 3);
    if (on) {
        const qreal unit = rect.width() / 16;
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(m_theme.color(Role::onAccent), 2 * unit, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(QPolygonF{rect.topLeft() + QPointF(4 * unit, 8.3 * unit), rect.topLeft() + QPointF(7 * unit, 11.2 * unit),
                                       rect.topLeft() + QPointF(12 * unit, 5.2 * unit)});
        painter.restore();
    }
}

void ThemeStyle::drawHeader(const QStyleOptionHeader& option, QPainter& painter) const
{
    const QRect rect = option.rect;
    painter.save();
    painter.fillRect(rect, m_theme.color(option.state.testFlag(State_MouseOver) ? Role::hover : Role::surface));
    painter.setPen(m_theme.color(Role::hairline));
    painter.drawLine(rect.bottomLeft(), rect.bottomRight());

    const bool sorted = option.sortIndicator != QStyleOptionHeader::None;
    const int arrowRoom = sorted ? 18 : 0;
    const int leading = option.section == 0 ? firstColumnPadding : cellPadding;
    QRect inner = visualRect(option.direction, rect, rect.adjusted(leading, 0, -4, 0));
    const QFontMetrics metrics(painter.font());
    const QString text = metrics.elidedText(option.text, Qt::ElideRight, inner.width() - arrowRoom);
    painter.setPen(m_theme.color(sorted ? Role::text : Role::mutedText));
    painter.drawText(inner, static_cast<int>(visualAlignment(option.direction, Qt::AlignLeft) | Qt::AlignVCenter), text);
    if (sorted) {
        const int textWidth = metrics.horizontalAdvance(text);
        const QRect logical(rect.left() + leading + textWidth + 4, rect.center().y() - 6, 13, 13);
        // Qt's SortDown means ascending: the arrow shows which way the values grow.
        const IconName arrow = option.sortIndicator == QStyleOptionHeader::SortDown ? IconName::up : IconName::down;
        painter.drawPixmap(visualRect(option.direction, rect, logical).topLeft(),
                           m_theme.pixmap(arrow, Role::mutedText, 13, painter.device()->devicePixelRatioF()));
    }
    painter.restore();
}

void ThemeStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                             const QWidget* widget) const
{
    switch (element) {
    case CE_PushButtonLabel:
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option))
            return drawButtonLabel(*button, *painter, widget);
        break;
    case CE_Header:
        if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option))
            return drawHeader(*header, *painter);
        break;
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, m_theme.color(Role::surface));
        painter->setPen(m_theme.color(Role::hairline));
        painter->drawLine(option->rect.bottomLeft(), option->rect.bottomRight());
        return;
    case CE_Splitter:
        painter->fillRect(option->rect, m_theme.color(Role::hairline));
        return;
    case CE_ComboBoxLabel:
        if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option)) {
            const QRect logical = combo->rect.adjusted(12, 0, -32, 0);
            painter->setPen(m_theme.color(combo->state.testFlag(State_Enabled) ? Role::text : Role::disabledText));
            painter->drawText(visualRect(combo->direction, combo->rect, logical),
                              static_cast<int>(visualAlignment(combo->direction, Qt::AlignLeft) | Qt::AlignVCenter),
                              combo->currentText);
            return;
        }
        break;
    case CE_ProgressBarGroove:
        drawRounded(*painter, QRectF(option->rect), m_theme.color(Role::hairline), {}, 3);
        return;
    case CE_ProgressBarContents:
        if (const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option)) {
            const double range = std::max(1, bar->maximum - bar->minimum);
            QRectF rect(bar->rect);
            rect.setWidth(rect.width() * (bar->progress - bar->minimum) / range);
            if (bar->direction == Qt::RightToLeft)
                rect.moveRight(QRectF(bar->rect).right());
            drawRounded(*painter, rect, m_theme.color(Role::accent), {}, 3);
            return;
        }
        break;
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void ThemeStyle::drawScrollBar(const QStyleOptionComplex& option, QPainter& painter, const QWidget* widget) const
{
    painter.fillRect(option.rect, m_theme.color(Role::surface));
    const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(&option);
    if (!slider || slider->minimum == slider->maximum)
        return;
    const QRect handle = subControlRect(CC_ScrollBar, &option, SC_ScrollBarSlider, widget);
    const bool active = option.activeSubControls.testFlag(SC_ScrollBarSlider) && option.state.testFlag(State_MouseOver);
    drawRounded(painter, QRectF(handle).adjusted(3, 3, -3, -3),
                m_theme.color(active || option.state.testFlag(State_Sunken) ? Role::mutedText : Role::controlBorder), {}, 3);
}

void ThemeStyle::drawComboBox(const QStyleOptionComplex& option, QPainter& painter, const QWidget*) const
{
    const bool enabled = option.state.testFlag(State_Enabled);
    const bool focus = option.state.testFlag(State_HasFocus);
    const bool hovered = enabled && option.state.testFlag(State_MouseOver);
    drawRounded(painter, QRectF(option.rect), m_theme.color(hovered ? Role::hover : Role::surface),
                m_theme.color(focus ? Role::accentText : Role::hairline), 5, focus ? 2 : 1);
    const QRect logical(option.rect.right() - 26, option.rect.center().y() - 7, 16, 16);
    painter.drawPixmap(visualRect(option.direction, option.rect, logical).topLeft(),
                       m_theme.pixmap(IconName::chevron, enabled ? Role::mutedText : Role::disabledText, 16,
                                      painter.device()->devicePixelRatioF()));
}

void ThemeStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                                    const QWidget* widget) const
{
    if (control == CC_ScrollBar)
        return drawScrollBar(*option, *painter, widget);
    if (control == CC_ComboBox)
        return drawComboBox(*option, *painter, widget);
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

QRect ThemeStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part,
                                 const QWidget* widget) const
{
    const auto* slider = control == CC_ScrollBar ? qstyleoption_cast<const QStyleOptionSlider*>(option) : nullptr;
    if (!slider)
        return QProxyStyle::subControlRect(control, option, part, widget);

    // No arrow buttons: the groove is the whole bar.
    const QRect bar = slider->rect;
    const bool horizontal = slider->orientation == Qt::Horizontal;
    const int length = horizontal ? bar.width() : bar.height();
    const qint64 range = qint64(slider->maximum) - slider->minimum;
    int handle = length;
    if (range > 0)
        handle = std::clamp(static_cast<int>(qint64(slider->pageStep) * length / (range + slider->pageStep)),
                            qMin(length, 3 * grid), length);
    const int start = sliderPositionFromValue(slider->minimum, slider->maximum, slider->sliderPosition, length - handle,
                                              slider->upsideDown);
    const auto slice = [&](int from, int size) {
        const QRect logical = horizontal ? QRect(bar.left() + from, bar.top(), size, bar.height())
                                         : QRect(bar.left(), bar.top() + from, bar.width(), size);
        return visualRect(slider->direction, bar, logical);
    };
    switch (part) {
    case SC_ScrollBarSlider: return slice(start, handle);
    case SC_ScrollBarGroove: return bar;
    case SC_ScrollBarSubPage: return slice(0, start);
    case SC_ScrollBarAddPage: return slice(start + handle, length - start - handle);
    default: return {};
    }
}

QSize ThemeStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                   const QWidget* widget) const
{
    const QFontMetrics metrics = option ? option->fontMetrics : QFontMetrics(QApplication::font());
    switch (type) {
    case CT_PushButton: {
        const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
        if (!button)
            break;
        const bool chip = kindOf(widget) == Button::Kind::chip;
        const int height = chip ? metrics.height() + grid : fieldHeight(metrics);
        if (button->text.isEmpty())
            return {kindOf(widget) == Button::Kind::quiet ? height - grid : height + grid, kindOf(widget) == Button::Kind::quiet ? height - grid : height};
        QFont font = widget ? widget->font() : QApplication::font();
        font.setWeight(QFont::DemiBold);   // the widest it gets, so that nothing moves when it is checked
        const int text = QFontMetrics(font).size(Qt::TextShowMnemonic, button->text).width();
        return {text + (button->icon.isNull() ? 0 : styleIconSide + grid) + (chip ? 20 : 24), height};
    }
    case CT_LineEdit:
        return {size.width(), fieldHeight(metrics)};
    case CT_ComboBox:
        return {size.width() + 48, fieldHeight(metrics)};
    case CT_HeaderSection: {
        const QSize base = QProxyStyle::sizeFromContents(type, option, size, widget);
        return {base.width() + 2 * cellPadding, metrics.height() + 14};
    }
    default:
        break;
    }
    return QProxyStyle::sizeFromContents(type, option, size, widget);
}

int ThemeStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const
{
    switch (metric) {
    case PM_SplitterWidth: return 1;
    case PM_ScrollBarExtent: return scrollBarExtent;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical: return 0;
    case PM_SmallIconSize:
    case PM_ButtonIconSize: return styleIconSide;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight: return styleIconSide;
    case PM_CheckBoxLabelSpacing: return grid;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing: return grid;
    case PM_LayoutLeftMargin:
    case PM_LayoutTopMargin:
    case PM_LayoutRightMargin:
    case PM_LayoutBottomMargin: return 2 * grid;
    case PM_ToolTipLabelFrameWidth: return 6;
    case PM_FocusFrameHMargin:
    case PM_FocusFrameVMargin: return 2;
    default: return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int ThemeStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                          QStyleHintReturn* returned) const
{
    switch (hint) {
    case SH_UnderlineShortcut: return m_underlines ? 1 : 0;
    case SH_ComboBox_Popup: return 0;
    case SH_EtchDisabledText:
    case SH_ScrollBar_Transient: return 0;
    case SH_ItemView_ShowDecorationSelected: return 1;
    default: return QProxyStyle::styleHint(hint, option, widget, returned);
    }
}

void ThemeStyle::polish(QWidget* widget)
{
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton*>(widget) || qobject_cast<QComboBox*>(widget))
        widget->setAttribute(Qt::WA_Hover);
}

void ThemeStyle::polish(QApplication* application)
{
    QProxyStyle::polish(application);
    application->installEventFilter(this);
}

void ThemeStyle::unpolish(QApplication* application)
{
    application->removeEventFilter(this);
    QProxyStyle::unpolish(application);
}

bool ThemeStyle::eventFilter(QObject* watched, QEvent* event)
{
    const bool press = event->type() == QEvent::KeyPress;
    const bool release = event->type() == QEvent::KeyRelease || event->type() == QEvent::ApplicationDeactivate;
    if (press || release) {
        const bool alt = press && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Alt;
        const bool drop = event->type() == QEvent::ApplicationDeactivate
            || (release && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Alt);
        if ((alt && !m_underlines) || (drop && m_underlines)) {
            m_underlines = alt;
            if (QWidget* window = QApplication::activeWindow()) {
                window->update();
                for (QWidget* child : window->findChildren<QWidget*>())
                    child->update();
            }
        }
    }
    return QProxyStyle::eventFilter(watched, event);
}

} // namespace latchkey::ui
