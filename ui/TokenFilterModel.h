// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "TokenModel.h"

#include <QSortFilterProxyModel>

namespace latchkey::ui {

enum class TokenFilter { all, expiringSoon, expired, disabled, unused };

/// The rows that the chip and the search leave, sorted by value (not by words); equal values keep one order: name, then
/// id, so that a reload never shuffles them.
class TokenFilterModel final : public QSortFilterProxyModel {
    Q_OBJECT

public:
    explicit TokenFilterModel(TokenModel& tokens, QObject* parent = nullptr);

    void setFilter(TokenFilter filter);
    [[nodiscard]] TokenFilter filter() const { return m_filter; }
    void setSearch(const QString& text);
    [[nodiscard]] const QString& search() const { return m_search; }
    [[nodiscard]] bool isFiltering() const { return m_filter != TokenFilter::all || !m_search.isEmpty(); }

    [[nodiscard]] const access::ServiceToken& tokenAt(const QModelIndex& index) const;

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
    TokenModel& m_tokens;
    TokenFilter m_filter = TokenFilter::all;
    QString m_search;
    QString m_foldedSearch;
};

} // namespace latchkey::ui
