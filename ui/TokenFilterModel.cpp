// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokenFilterModel.h"

#include <compare>

namespace latchkey::ui {

using access::ServiceToken;
using access::TokenState;
using std::chrono::sys_seconds;

namespace {

/// What needs attention first.
int urgency(TokenState state)
{
    switch (state) {
    case TokenState::expired: return 0;
    case TokenState::expiresSoon: return 1;
    case TokenState::active: return 2;
    case TokenState::disabled: return 3;
    }
    return 4;
}

std::weak_ordering compareText(const std::string& left, const std::string& right)
{
    return QString::localeAwareCompare(QString::fromStdString(left).toCaseFolded(), QString::fromStdString(right).toCaseFolded()) <=> 0;
}

} // namespace

TokenFilterModel::TokenFilterModel(TokenModel& tokens, QObject* parent)
    : QSortFilterProxyModel(parent)
    , m_tokens(tokens)
{
    setSourceModel(&tokens);
    setDynamicSortFilter(true);
}

void TokenFilterModel::setFilter(TokenFilter filter)
{
    if (filter == m_filter)
        return;
    m_filter = filter;
    invalidateFilter();
}

void TokenFilterModel::setSearch(const QString& text)
{
    const QString trimmed = text.trimmed();
    if (trimmed == m_search)
        return;
    m_search = trimmed;
    m_foldedSearch = trimmed.toCaseFolded();
    invalidateFilter();
}

const ServiceToken& TokenFilterModel::tokenAt(const QModelIndex& index) const
{
    return m_tokens.tokenAt(mapToSource(index).row());
}

bool TokenFilterModel::filterAcceptsRow(int row, const QModelIndex&) const
{
    if (!m_foldedSearch.isEmpty() && !m_tokens.matches(row, m_foldedSearch))
        return false;
    switch (m_filter) {
    case TokenFilter::all: return true;
    case TokenFilter::expiringSoon: return m_tokens.stateAt(row) == TokenState::expiresSoon;
    case TokenFilter::expired: return m_tokens.stateAt(row) == TokenState::expired;
    case TokenFilter::disabled: return m_tokens.stateAt(row) == TokenState::disabled;
    case TokenFilter::unused: return m_tokens.isUnused(row);
    }
    return true;
}

bool TokenFilterModel::lessThan(const QModelIndex& left, const QModelIndex& right) const
{
    const ServiceToken& a = m_tokens.tokenAt(left.row());
    const ServiceToken& b = m_tokens.tokenAt(right.row());
    std::weak_ordering order = std::weak_ordering::equivalent;
    switch (left.column()) {
    case TokenModel::State: order = urgency(m_tokens.stateAt(left.row())) <=> urgency(m_tokens.stateAt(right.row())); break;
    case TokenModel::Name: order = compareText(a.name, b.name); break;
    case TokenModel::ClientId: order = a.clientId.value <=> b.clientId.value; break;
    case TokenModel::Created: order = a.createdAt <=> b.createdAt; break;
    // Never ends: later than any end. Never seen: longer ago than anything.
    case TokenModel::Expires: order = a.expiresAt.value_or(sys_seconds::max()) <=> b.expiresAt.value_or(sys_seconds::max()); break;
    case TokenModel::LastSeen: order = a.lastSeenAt.value_or(sys_seconds::min()) <=> b.lastSeenAt.value_or(sys_seconds::min()); break;
    default: break;
    }
    if (order != 0)
        return order < 0;
    // Ties read A to Z whichever way the column is sorted.
    std::weak_ordering tie = left.column() == TokenModel::Name ? std::weak_ordering::equivalent : compareText(a.name, b.name);
    if (tie == 0)
        tie = a.id.value <=> b.id.value;
    return sortOrder() == Qt::AscendingOrder ? tie < 0 : tie > 0;
}

} // namespace latchkey::ui
