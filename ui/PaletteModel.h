// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/ServiceToken.h"

#include <QAbstractListModel>
#include <QAction>
#include <QTimer>

#include <functional>
#include <vector>

namespace latchkey::ui {

/// The tokens that can be found, by place: some thousand are looked at in one turn of the event loop, and what is there may
/// change between two turns.
struct PaletteTokens {
    std::function<std::size_t()> count;
    std::function<const access::ServiceToken*(std::size_t)> at;   ///< nullptr: nothing in this place.
};

/// The best answers to what was typed: actions first, at once; tokens as they are found. Never more work in one turn of the
/// event loop than a frame allows, however many tokens there are.
class PaletteModel final : public QAbstractListModel {
    Q_OBJECT

public:
    enum DataRole { ShortcutRole = Qt::UserRole + 1 };

    PaletteModel(QList<QAction*> actions, PaletteTokens tokens, QObject* parent = nullptr);

    void setPattern(const QString& text);
    [[nodiscard]] bool isSearching() const { return m_turn.isActive(); }

    [[nodiscard]] QAction* actionAt(int row) const;                  ///< nullptr: a token is there.
    [[nodiscard]] const access::TokenId& tokenAt(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

    static constexpr std::size_t mostTokens = 50;

Q_SIGNALS:
    void searched();   ///< All tokens were looked at.

private:
    struct Found {
        int score = 0;
        QAction* action = nullptr;   ///< Of the window, which outlives us.
        access::TokenId token;
        QString name;
    };
    void findActions();
    void lookOn();
    void show();

    QList<QAction*> m_actions;
    PaletteTokens m_tokens;
    QString m_pattern;
    std::vector<Found> m_foundActions;
    std::vector<Found> m_foundTokens;   ///< The best so far, best first.
    std::vector<Found> m_rows;
    std::size_t m_next = 0;
    QTimer m_turn;
};

} // namespace latchkey::ui
