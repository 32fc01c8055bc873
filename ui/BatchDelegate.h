// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStyledItemDelegate>

namespace latchkey::ui {

class Theme;

/// A cell of the plan in a BatchDialog, or of the history: padding and hairlines as in the token table.
class BatchDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    static constexpr int RoleRole = Qt::UserRole;   ///< int of ui::Role: the colour of the text.

    explicit BatchDelegate(const Theme& theme, QObject* parent = nullptr);

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const Theme& m_theme;
};

} // namespace latchkey::ui
