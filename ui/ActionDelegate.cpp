// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ActionDelegate.h"

#include "Theme.h"
#include "ThemeStyle.h"

#include <QPainter>

namespace latchkey::ui {

ActionDelegate::ActionDelegate(const Theme& theme, QObject* parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme)
{
}

void ActionDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    painter->save();
    if (option.state.testFlag(QStyle::State_Selected))
        drawRounded(*painter, QRectF(option.rect), m_theme.color(Role::selection), {});
    else if (option.state.testFlag(QStyle::State_MouseOver))
        drawRounded(*painter, QRectF(option.rect), m_theme.color(Role::hover), {});
    const QRect line = option.rect.adjusted(10, 0, -10, 0);
    painter->setFont(option.font);
    painter->setPen(m_theme.color(Role::text));
    painter->drawText(line, static_cast<int>(QStyle::visualAlignment(option.direction, Qt::AlignLeft) | Qt::AlignVCenter),
                      index.data(Qt::DisplayRole).toString());
    painter->setFont(Theme::captionFont());
    painter->setPen(m_theme.color(Role::mutedText));
    painter->drawText(line, static_cast<int>(QStyle::visualAlignment(option.direction, Qt::AlignRight) | Qt::AlignVCenter),
                      index.data(ShortcutRole).toString());
    painter->restore();
}

QSize ActionDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const
{
    return {0, option.fontMetrics.height() + 14};
}

} // namespace latchkey::ui
