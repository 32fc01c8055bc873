// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStyledItemDelegate>

namespace latchkey::ui {

class Theme;

/// Paints a cell of the token table: state as icon and word, ends in the state's colour, Client IDs fixed-pitch.
class TokenDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    explicit TokenDelegate(const Theme& theme, QObject* parent = nullptr);

    /// The row the pointer is over, or -1; the table keeps it.
    void setHoveredRow(int row) { m_hoveredRow = row; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    void paintSection(QPainter& painter, const QStyleOptionViewItem& option, const QString& text) const;

    const Theme& m_theme;
    int m_hoveredRow = -1;
};

} // namespace latchkey::ui
