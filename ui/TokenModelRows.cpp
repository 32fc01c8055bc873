// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
// How the old rows become the new ones without a reset.
#include "TokenModel.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace latchkey::ui {

namespace {

/// So many separate removals or insertions are told one by one; more are first gathered at the end, then told at once.
constexpr std::size_t fewRuns = 16;

struct Run {
    std::size_t first;
    std::size_t last;
};

/// Stretches of rows for which `is` holds.
template <typename Rows, typename Is>
std::vector<Run> runsOf(const Rows& rows, Is is)
{
    std::vector<Run> runs;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!is(rows[i]))
            continue;
        if (!runs.empty() && runs.back().last + 1 == i)
            runs.back().last = i;
        else
            runs.push_back({i, i});
    }
    return runs;
}

/// Rows by key; without sections a key is a slot, and a bit for each is enough.
class RowSet {
public:
    template <typename Rows>
    RowSet(const Rows& rows, std::size_t slots, bool flat)
        : m_flat(flat)
    {
        if (m_flat)
            m_bits.resize(slots);
        else
            m_keys.reserve(rows.size());
        for (const auto& row : rows) {
            if (m_flat)
                m_bits[row.slot] = true;
            else
                m_keys.insert(row.key());
        }
    }
    template <typename Row>
    [[nodiscard]] bool contains(const Row& row) const
    {
        return m_flat ? row.slot < m_bits.size() && m_bits[row.slot] : m_keys.contains(row.key());
    }

private:
    bool m_flat;
    std::vector<bool> m_bits;
    std::unordered_set<std::uint64_t> m_keys;
};

template <typename Rows>
bool isFlat(const Rows& rows)
{
    return rows.empty() || (rows.front().slot != ~std::uint32_t(0) && rows.front().section == 0);
}

} // namespace

void TokenModel::becomeRows(std::vector<Row> rows)
{
    if (rows == m_rows)
        return;
    removeRowsNotIn(rows);
    insertRowsOf(rows);
    Q_EMIT shownChanged();
}

void TokenModel::removeRowsNotIn(const std::vector<Row>& rows)
{
    // A section's first row tells a grouped list from a flat one: of two kinds, nothing is compared by slot alone.
    const bool flat = isFlat(rows) && isFlat(m_rows);
    const RowSet wanted(rows, m_index.slotCount(), flat);
    const auto goes = [&](const Row& row) { return !wanted.contains(row); };
    std::vector<Run> runs = runsOf(m_rows, goes);
    if (runs.size() > fewRuns) {
        std::vector<Row> gathered = m_rows;
        std::stable_partition(gathered.begin(), gathered.end(), [&](const Row& row) { return wanted.contains(row); });
        arrangeRows(std::move(gathered));
        runs = runsOf(m_rows, goes);
    }
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
        beginRemoveRows({}, static_cast<int>(run->first), static_cast<int>(run->last));
        m_rows.erase(m_rows.begin() + static_cast<std::ptrdiff_t>(run->first), m_rows.begin() + static_cast<std::ptrdiff_t>(run->last) + 1);
        endRemoveRows();
    }
}

void TokenModel::insertRowsOf(const std::vector<Row>& rows)
{
    const bool flat = isFlat(rows) && isFlat(m_rows);
    const RowSet there(m_rows, m_index.slotCount(), flat);
    const auto comes = [&](const Row& row) { return !there.contains(row); };
    const std::vector<Run> runs = runsOf(rows, comes);
    if (runs.size() > fewRuns) {
        std::vector<Row> added;
        for (const Run& run : runs)
            added.insert(added.end(), rows.begin() + static_cast<std::ptrdiff_t>(run.first), rows.begin() + static_cast<std::ptrdiff_t>(run.last) + 1);
        beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(added.size()) - 1);
        m_rows.insert(m_rows.end(), added.begin(), added.end());
        endInsertRows();
        arrangeRows(rows);
        return;
    }
    std::vector<Row> kept;
    kept.reserve(m_rows.size());
    std::ranges::copy_if(rows, std::back_inserter(kept), [&](const Row& row) { return there.contains(row); });
    arrangeRows(std::move(kept));
    for (const Run& run : runs) {
        beginInsertRows({}, static_cast<int>(run.first), static_cast<int>(run.last));
        m_rows.insert(m_rows.begin() + static_cast<std::ptrdiff_t>(run.first), rows.begin() + static_cast<std::ptrdiff_t>(run.first),
                      rows.begin() + static_cast<std::ptrdiff_t>(run.last) + 1);
        endInsertRows();
    }
}

/// The same rows in another order.
void TokenModel::arrangeRows(std::vector<Row> rows)
{
    if (rows == m_rows)
        return;
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    std::unordered_map<std::uint64_t, int> places;
    for (const QModelIndex& index : before)
        places[m_rows[static_cast<std::size_t>(index.row())].key()] = -1;
    if (!places.empty()) {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (const auto place = places.find(rows[i].key()); place != places.end())
                place->second = static_cast<int>(i);
        }
    }
    QModelIndexList after;
    after.reserve(before.size());
    for (const QModelIndex& index : before)
        after.append(createIndex(places.at(m_rows[static_cast<std::size_t>(index.row())].key()), index.column()));
    m_rows = std::move(rows);
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, VerticalSortHint);
}

} // namespace latchkey::ui
