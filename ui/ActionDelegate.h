// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStyledItemDelegate>

namespace latchkey::ui {

class Theme;

/// A line of the action palette: the words, and the shortcut at the far end.
class ActionDelegate final : public QStyledItemDelegate {
    Q_OBJECT

public:
    enum DataRole { ShortcutRole = Qt::UserRole + 1, IndexRole };

    explicit ActionDelegate(const Theme& theme, QObject* parent = nullptr);

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const Theme& m_theme;
};

} // namespace latchkey::ui
