// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "HistoryModel.h"

#include "BatchDelegate.h"
#include "Theme.h"

#include <algorithm>
#include <numeric>

namespace latchkey::ui {

HistoryModel::HistoryModel(std::vector<HistoryEntry> newestFirst, QObject* parent)
    : QAbstractTableModel(parent)
    , m_entries(std::move(newestFirst))
    , m_shown(m_entries.size())
{
    std::iota(m_shown.begin(), m_shown.end(), std::size_t{0});
}

void HistoryModel::setSearch(const QString& search)
{
    const QStringList wanted = search.toCaseFolded().split(u' ', Qt::SkipEmptyParts);
    beginResetModel();
    m_shown.clear();
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        QString all;
        for (int column = 0; column < ColumnCount; ++column)
            all += text(m_entries[i], column) + u'\n';
        all += QString::fromStdString(m_entries[i].token.value);
        all = all.toCaseFolded();
        if (std::ranges::all_of(wanted, [&](const QString& word) { return all.contains(word); }))
            m_shown.push_back(i);
    }
    endResetModel();
}

int HistoryModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int HistoryModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString HistoryModel::text(const HistoryEntry& entry, int column) const
{
    switch (column) {
    case When: return m_dates.absolute(entry.at);
    case Change: return words(entry.kind);
    case Token: return entry.tokenName;
    case Account: return entry.account;
    case Detail: return entry.detail;
    default: return {};
    }
}

QVariant HistoryModel::data(const QModelIndex& index, int role) const
{
    if (index.isValid() && role == BatchDelegate::RoleRole)
        return static_cast<int>(index.column() == Token ? Role::text : Role::mutedText);
    if (!index.isValid() || (role != Qt::DisplayRole && role != Qt::ToolTipRole))
        return {};
    return text(m_entries[m_shown[static_cast<std::size_t>(index.row())]], index.column());
}

QVariant HistoryModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case When: return tr("When");
    case Change: return tr("Change");
    case Token: return tr("Token");
    case Account: return tr("Account");
    case Detail: return tr("Details");
    default: return {};
    }
}

QString HistoryModel::words(ChangeKind kind)
{
    switch (kind) {
    case ChangeKind::created: return tr("Created");
    case ChangeKind::refreshed: return tr("Refreshed");
    case ChangeKind::rotated: return tr("Secret rotated");
    case ChangeKind::previousEnded: return tr("Previous secret ended");
    case ChangeKind::previousMoved: return tr("Previous secret given another end");
    case ChangeKind::enabled: return tr("Enabled");
    case ChangeKind::disabled: return tr("Disabled");
    case ChangeKind::renamed: return tr("Renamed");
    case ChangeKind::durationChanged: return tr("Duration changed");
    case ChangeKind::deleted: return tr("Deleted");
    case ChangeKind::secretKept: return tr("Secret kept");
    case ChangeKind::guidedBegun: return tr("Guided rotation begun");
    case ChangeKind::guidedDone: return tr("Guided rotation done");
    case ChangeKind::guidedAbandoned: return tr("Guided rotation stopped");
    }
    Q_UNREACHABLE();
}

} // namespace latchkey::ui
