// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMenu>

namespace latchkey::ui {

class TokenTable;

/// Which columns the table has and in which order: on the header and in the window's menu, so that the keyboard gets
/// there too. Filled anew whenever it opens.
class ColumnMenu final : public QMenu {
    Q_OBJECT

public:
    explicit ColumnMenu(TokenTable& table, QWidget* parent = nullptr);

private:
    void fill();
    void addMoves(const QString& title, const QString& name, int by);

    TokenTable& m_table;
};

} // namespace latchkey::ui
