// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "BatchDelegate.h"

#include "ThemeStyle.h"

#include <QPainter>

namespace latchkey::ui {

BatchDelegate::BatchDelegate(const Theme& theme, QObject* parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme)
{
}

void BatchDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const QRect cell = option.rect;
    painter->save();
    if (option.state & QStyle::State_Selected)
        painter->fillRect(cell, m_theme.color(Role::selection));
    painter->fillRect(QRect(cell.left(), cell.bottom(), cell.width(), 1), m_theme.color(Role::hairline));
    painter->setFont(option.font);
    painter->setLayoutDirection(Qt::LayoutDirectionAuto);   // names follow their own script
    painter->setPen(m_theme.color(static_cast<Role>(index.data(RoleRole).toInt())));
    const QRect line = QStyle::visualRect(option.direction, cell, cell.adjusted(index.column() == 0 ? firstColumnPadding : cellPadding, 0, -4, 0));
    painter->drawText(line, static_cast<int>(QStyle::visualAlignment(option.direction, Qt::AlignLeft) | Qt::AlignVCenter),
                      option.fontMetrics.elidedText(index.data(Qt::DisplayRole).toString(), Qt::ElideRight, line.width()));
    painter->restore();
}

QSize BatchDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    return {option.fontMetrics.horizontalAdvance(index.data(Qt::DisplayRole).toString()) + 2 * cellPadding,
            option.fontMetrics.height() + 14};
}

} // namespace latchkey::ui
