// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTableView>

#include <array>
#include <cstdint>

namespace latchkey::ui {

class Theme;
class TokenDelegate;
class TokenModel;

/// The token table. The person chooses and orders its columns (by the header, its menu, or a menu of the window); those
/// that do not fit hide, the least needed first, and come back with the room.
class TokenTable final : public QTableView {
    Q_OBJECT

public:
    TokenTable(const Theme& theme, TokenModel& model, QWidget* parent = nullptr);

    [[nodiscard]] QByteArray saveColumns() const;
    bool restoreColumns(const QByteArray& state);
    /// What the person chose, in the order shown; some may have given way for want of room.
    [[nodiscard]] QList<int> chosenColumns() const;
    [[nodiscard]] bool isColumnChosen(int column) const;
    [[nodiscard]] bool isColumnOffered(int column) const;
    void setAccountsShown(bool shown);     ///< Tokens of several profiles: the column that tells which; not at first.
    void chooseColumn(int column, bool chosen);
    void moveColumn(int column, int by);   ///< One place towards the beginning (-1) or the end (1).
    void resetColumns();
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
    std::uint32_t m_hiddenByPerson;   ///< A bit per column.
    bool m_accountsShown = false;
    std::array<int, 16> m_widths{};   ///< By column, of hidden ones too.
};

} // namespace latchkey::ui
