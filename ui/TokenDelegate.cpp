// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokenDelegate.h"

#include "ThemeStyle.h"
#include "TokenModel.h"
#include "TokenState.h"

#include <QAbstractScrollArea>
#include <QPainter>

namespace latchkey::ui {

using access::TokenState;

namespace {

constexpr int cellIconSide = 16;

Role textRole(int column, TokenState state, bool old)
{
    if (old || (state == TokenState::disabled && column != TokenModel::Name))
        return Role::mutedText;
    switch (column) {
    case TokenModel::State: return roleOf(state);
    case TokenModel::ClientId:
    case TokenModel::Created:
    case TokenModel::Lifetime: return Role::mutedText;
    case TokenModel::Expires: return state == TokenState::active ? Role::text : roleOf(state);
    default: return state == TokenState::disabled ? Role::mutedText : Role::text;
    }
}

} // namespace

TokenDelegate::TokenDelegate(const Theme& theme, QObject* parent)
    : QStyledItemDelegate(parent)
    , m_theme(theme)
{
}

void TokenDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    if (const QVariant section = index.data(TokenModel::SectionRole); section.isValid()) {
        paintSection(*painter, option, section.toString());
        return;
    }
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const auto state = static_cast<TokenState>(index.data(TokenModel::StateRole).toInt());
    const Role role = textRole(index.column(), state, index.data(TokenModel::OldRole).toBool());
    const QRect cell = option.rect;

    painter->save();
    painter->fillRect(cell, m_theme.color(selected ? Role::selection : index.row() == m_hoveredRow ? Role::hover : Role::surface));
    painter->fillRect(QRect(cell.left(), cell.bottom(), cell.width(), 1), m_theme.color(Role::hairline));

    const int leading = index.column() == TokenModel::State ? firstColumnPadding : cellPadding;
    QRect logical = cell.adjusted(leading, 0, -4, 0);
    if (index.column() == TokenModel::State) {
        const QRect icon(logical.left(), cell.center().y() - cellIconSide / 2 + 1, cellIconSide, cellIconSide);
        painter->drawPixmap(QStyle::visualRect(option.direction, cell, icon).topLeft(),
                            m_theme.pixmap(iconOf(state), role, cellIconSide, painter->device()->devicePixelRatioF()));
        logical.setLeft(icon.right() + 1 + 6);
    }
    QFont font = option.font;
    if (index.column() == TokenModel::ClientId)
        font = Theme::codeFont();
    else if (index.column() == TokenModel::Name && selected)
        font.setWeight(QFont::DemiBold);
    painter->setFont(font);
    // A Client ID never reads from the right; names and words follow their own script.
    painter->setLayoutDirection(index.column() == TokenModel::ClientId ? Qt::LeftToRight : Qt::LayoutDirectionAuto);
    painter->setPen(m_theme.color(role));
    const QString text = QFontMetrics(font).elidedText(index.data(Qt::DisplayRole).toString(), Qt::ElideRight, logical.width());
    painter->drawText(QStyle::visualRect(option.direction, cell, logical),
                      static_cast<int>(QStyle::visualAlignment(option.direction, Qt::AlignLeft) | Qt::AlignVCenter), text);
    painter->restore();
}

void TokenDelegate::paintSection(QPainter& painter, const QStyleOptionViewItem& option, const QString& text) const
{
    // A line across the row: each cell paints its part of it.
    const auto* view = qobject_cast<const QAbstractScrollArea*>(option.widget);
    const int width = view ? view->viewport()->width() : option.rect.right() + 1;
    const QRect row(0, option.rect.top(), width, option.rect.height());
    painter.save();
    painter.setClipRect(option.rect, Qt::IntersectClip);
    painter.fillRect(option.rect, m_theme.color(Role::window));
    painter.fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), m_theme.color(Role::hairline));
    QFont font = option.font;
    font.setWeight(QFont::DemiBold);
    painter.setFont(font);
    painter.setPen(m_theme.color(Role::text));
    const QRect line = row.adjusted(firstColumnPadding, 0, -firstColumnPadding, 0);
    painter.drawText(line, static_cast<int>(QStyle::visualAlignment(option.direction, Qt::AlignLeft) | Qt::AlignVCenter),
                     QFontMetrics(font).elidedText(text, Qt::ElideRight, line.width()));
    painter.restore();
}

QSize TokenDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const int icon = index.column() == TokenModel::State ? cellIconSide + grid + 4 : 0;
    const QFontMetrics metrics(index.column() == TokenModel::ClientId ? Theme::codeFont() : option.font);
    return {metrics.horizontalAdvance(index.data(Qt::DisplayRole).toString()) + icon + cellPadding + 12,
            option.fontMetrics.height() + 20};
}

} // namespace latchkey::ui
