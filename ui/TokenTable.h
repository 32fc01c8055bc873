// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTableView>

namespace latchkey::ui {

class Theme;
class TokenDelegate;
class TokenFilterModel;

/// The token table. Columns that do not fit hide, the least needed first, and come back with the room; the person may
/// hide others from the header's menu.
class TokenTable final : public QTableView {
    Q_OBJECT

public:
    TokenTable(const Theme& theme, TokenFilterModel& model, QWidget* parent = nullptr);

    [[nodiscard]] QByteArray saveColumns() const;
    bool restoreColumns(const QByteArray& state);
    [[nodiscard]] int leastWidth() const;   ///< Of state, name and expires: what every window shows.

protected:
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void applyFont();
    void setDefaultWidths();
    void fitColumns();
    void setHoveredRow(int row);
    void showColumnMenu(const QPoint& position);

    const Theme& m_theme;
    TokenDelegate* m_delegate;
    int m_hoveredRow = -1;
    quint32 m_hiddenByPerson = 0;   ///< A bit per column.
};

} // namespace latchkey::ui
