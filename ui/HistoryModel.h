// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "DateText.h"
#include "HistoryEntry.h"

#include <QAbstractTableModel>

#include <vector>

namespace latchkey::ui {

/// The local history as a table, newest first, of which a search leaves what has all its words. GUI thread only.
class HistoryModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { When, Change, Token, Account, Detail, ColumnCount };

    explicit HistoryModel(std::vector<HistoryEntry> newestFirst, QObject* parent = nullptr);

    void setSearch(const QString& text);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    [[nodiscard]] static QString words(ChangeKind kind);

private:
    [[nodiscard]] QString text(const HistoryEntry& entry, int column) const;

    DateText m_dates;
    std::vector<HistoryEntry> m_entries;
    std::vector<std::size_t> m_shown;
};

} // namespace latchkey::ui
