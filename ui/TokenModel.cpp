// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokenModel.h"

#include <algorithm>
#include <array>
#include <utility>

namespace latchkey::ui {

using access::ServiceToken;
using access::TokenId;
using access::TokenState;

namespace {

/// By column: how it is sorted.
constexpr std::array<TokenOrder, TokenModel::ColumnCount> orders{
    TokenOrder::urgency, TokenOrder::name,   TokenOrder::account, TokenOrder::clientId, TokenOrder::expires, TokenOrder::lastSeen,
    TokenOrder::usedBy,  TokenOrder::created, TokenOrder::lifetime, TokenOrder::owner,
};

} // namespace

TokenModel::TokenModel(DateText dates, std::chrono::sys_seconds now, QObject* parent)
    : QAbstractTableModel(parent)
    , m_dates(std::move(dates))
    , m_now(now)
{
}

void TokenModel::setNow(std::chrono::sys_seconds now)
{
    if (now == m_now)
        return;
    m_now = now;
    if (m_order == TokenOrder::urgency)
        m_ordered = m_index.sorted(m_order, m_descending, m_now);
    choose(false);
    tellAllChanged(0, ColumnCount - 1);
    recount();
}

void TokenModel::setTokens(std::vector<ServiceToken> tokens)
{
    apply(m_index.replaceAll(std::move(tokens)));
}

void TokenModel::addTokens(std::vector<ServiceToken> tokens)
{
    apply(m_index.apply(std::move(tokens)));
}

void TokenModel::putToken(const ServiceToken& token)
{
    apply(m_index.apply({token}));
}

void TokenModel::removeToken(const TokenId& id)
{
    apply(m_index.apply({}, {id}));
}

void TokenModel::apply(const TokenIndex::Change& change)
{
    if (change.isEmpty())
        return;
    std::vector<Slot> touched = change.added;
    touched.insert(touched.end(), change.changed.begin(), change.changed.end());
    m_ordered = m_index.merged(m_ordered, std::move(touched), change.removed, m_order, m_descending, m_now);
    choose(false);
    m_index.release(change.removed);
    tellChanged(change.changed);
    recount();
    Q_EMIT tokensChanged();
}

void TokenModel::setApplications(const std::vector<access::Application>& applications)
{
    const std::vector<QString> names = m_index.applicationNames();
    const std::vector<Slot> changed = m_index.setApplications(applications);
    touch(changed);
    if (m_grouped && names != m_index.applicationNames()) {
        showRows();
        tellAllChanged(0, ColumnCount - 1);   // sections go by number, and those may mean others now
    }
}

void TokenModel::setOwners(const std::unordered_map<TokenId, QString>& owners)
{
    touch(m_index.setOwners(owners));
}

void TokenModel::setAccounts(const std::unordered_map<TokenId, QString>& accounts)
{
    touch(m_index.setAccounts(accounts));
}

/// Something beside the tokens changed what is said of them.
void TokenModel::touch(const std::vector<Slot>& changed)
{
    if (changed.empty())
        return;
    if (m_order == TokenOrder::usedBy || m_order == TokenOrder::owner || m_order == TokenOrder::account)
        m_ordered = m_index.sorted(m_order, m_descending, m_now);
    choose(false);
    tellChanged(changed);
}

void TokenModel::setKeptSecrets(std::unordered_set<TokenId> kept)
{
    m_kept = std::move(kept);
    tellAllChanged(ClientId, ClientId);
}

void TokenModel::setSecretKept(const TokenId& id, bool kept)
{
    if (kept)
        m_kept.insert(id);
    else
        m_kept.erase(id);
    if (const auto slot = m_index.find(id))
        tellChanged({*slot});
}

void TokenModel::setOld(bool old)
{
    if (old == m_old)
        return;
    m_old = old;
    tellAllChanged(0, ColumnCount - 1);
}

const ServiceToken* TokenModel::find(const TokenId& id) const
{
    const auto slot = m_index.find(id);
    return slot ? &m_index.token(*slot) : nullptr;
}

void TokenModel::setFilter(TokenFilter filter)
{
    if (filter == m_criteria.filter)
        return;
    const bool narrowing = m_criteria.filter == TokenFilter::all;
    m_criteria.filter = filter;
    choose(narrowing);
}

void TokenModel::setSearch(const QString& text)
{
    const QString trimmed = text.trimmed();
    if (trimmed == m_search)
        return;
    m_search = trimmed;
    TokenQuery query = TokenQuery::parse(trimmed, m_dates.zone());
    const bool narrowing = query.narrows(m_criteria.query);
    m_criteria.query = std::move(query);
    choose(narrowing);
}

void TokenModel::setSpan(const std::optional<ExpirySpan>& span)
{
    if (span == m_criteria.span)
        return;
    const bool narrowing = !m_criteria.span;
    m_criteria.span = span;
    choose(narrowing);
}

bool TokenModel::isFiltering() const
{
    return m_criteria.filter != TokenFilter::all || !m_search.isEmpty() || m_criteria.span;
}

void TokenModel::setGrouped(bool grouped)
{
    if (grouped == m_grouped)
        return;
    m_grouped = grouped;
    showRows();
}

void TokenModel::sort(int column, Qt::SortOrder order)
{
    if (column < 0 || column >= ColumnCount)
        return;
    m_order = orders[static_cast<std::size_t>(column)];
    m_descending = order == Qt::DescendingOrder;
    m_ordered = m_index.sorted(m_order, m_descending, m_now);
    choose(false);
}

/// Which are left. `narrowing`: none that was not left before, so the others need not be asked.
void TokenModel::choose(bool narrowing)
{
    std::vector<Slot> shown;
    if (!isFiltering()) {
        shown = m_ordered;
    } else {
        const std::vector<Slot>& candidates = narrowing ? m_shown : m_ordered;
        shown.reserve(candidates.size());
        for (const Slot slot : candidates) {
            if (m_index.accepts(slot, m_criteria, m_now))
                shown.push_back(slot);
        }
    }
    m_shown = std::move(shown);
    showRows();
}

void TokenModel::showRows()
{
    becomeRows(rowsOfShown());
}

std::vector<TokenModel::Row> TokenModel::rowsOfShown() const
{
    std::vector<Row> rows;
    if (!m_grouped) {
        rows.reserve(m_shown.size());
        for (const Slot slot : m_shown)
            rows.push_back({slot, 0});
        return rows;
    }
    // The last section is of those that no application names.
    const auto unnamed = static_cast<std::uint32_t>(m_index.applicationNames().size());
    std::vector<std::vector<Slot>> sections(unnamed + 1);
    for (const Slot slot : m_shown) {
        const auto& applications = m_index.applicationsOf(slot);
        for (const std::uint32_t application : applications)
            sections[application].push_back(slot);
        if (applications.empty())
            sections[unnamed].push_back(slot);
    }
    for (std::uint32_t section = 0; section <= unnamed; ++section) {
        if (sections[section].empty())
            continue;
        rows.push_back({sectionSlot, section});
        for (const Slot slot : sections[section])
            rows.push_back({slot, section});
    }
    return rows;
}

void TokenModel::tellChanged(const std::vector<Slot>& slots)
{
    if (slots.empty() || m_rows.empty())
        return;
    std::vector<bool> changed(m_index.slotCount());
    for (const Slot slot : slots)
        changed[slot] = true;
    std::size_t first = m_rows.size();
    std::size_t last = 0;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        if (m_rows[i].slot != sectionSlot && changed[m_rows[i].slot]) {
            first = std::min(first, i);
            last = i;
        }
    }
    if (first <= last)
        Q_EMIT dataChanged(index(static_cast<int>(first), 0), index(static_cast<int>(last), ColumnCount - 1));
}

void TokenModel::tellAllChanged(int firstColumn, int lastColumn)
{
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0, firstColumn), index(rowCount() - 1, lastColumn));
}

std::vector<const ServiceToken*> TokenModel::shownTokens() const
{
    std::vector<const ServiceToken*> tokens;
    tokens.reserve(m_shown.size());
    for (const Slot slot : m_shown)
        tokens.push_back(&m_index.token(slot));
    return tokens;
}

const ServiceToken& TokenModel::tokenAt(int row) const
{
    Q_ASSERT(!isSection(row));
    return m_index.token(m_rows[static_cast<std::size_t>(row)].slot);
}

std::optional<int> TokenModel::rowOf(const TokenId& id) const
{
    const auto slot = m_index.find(id);
    if (!slot)
        return std::nullopt;
    const auto row = std::ranges::find(m_rows, *slot, &Row::slot);
    return row == m_rows.end() ? std::nullopt : std::optional(static_cast<int>(row - m_rows.begin()));
}

int TokenModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int TokenModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

Qt::ItemFlags TokenModel::flags(const QModelIndex& index) const
{
    if (!index.isValid() || isSection(index.row()))
        return Qt::NoItemFlags;   // neither chosen nor stopped at by the arrow keys
    return Qt::ItemIsSelectable | Qt::ItemIsEnabled | Qt::ItemNeverHasChildren;
}

QVariant TokenModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const int row = index.row();
    if (isSection(row)) {
        if (role == SectionRole || (role == Qt::DisplayRole && index.column() == Name) || role == Qt::AccessibleTextRole)
            return sectionText(row);
        return {};
    }
    switch (role) {
    case Qt::DisplayRole: return text(row, index.column());
    case Qt::ToolTipRole: return longText(row, index.column());
    case Qt::AccessibleTextRole:
        return m_old ? tr("%1 (may be out of date)").arg(longText(row, index.column())) : longText(row, index.column());
    case StateRole: return static_cast<int>(stateAt(row));
    case OldRole: return m_old;
    default: return {};
    }
}

QString TokenModel::text(int row, int column) const
{
    const ServiceToken& token = tokenAt(row);
    switch (column) {
    case State: return stateWord(stateAt(row));
    case Name: return QString::fromStdString(token.name);
    case Account: return m_index.account(m_rows[static_cast<std::size_t>(row)].slot);
    case ClientId: return shortClientId(token.clientId);
    case Created: return m_dates.date(token.createdAt);
    case Expires: return token.expiresAt ? m_dates.relative(*token.expiresAt, m_now) : tr("Never", "expires");
    case LastSeen: return token.lastSeenAt ? m_dates.seen(*token.lastSeenAt, m_now) : tr("Never", "seen");
    case UsedBy: {
        const auto count = m_index.applicationsOf(m_rows[static_cast<std::size_t>(row)].slot).size();
        return count == 0 ? tr("Not used") : tr("%n application(s)", nullptr, static_cast<int>(count));
    }
    case Lifetime: return m_dates.length(token.duration);
    case Owner: return m_index.owner(m_rows[static_cast<std::size_t>(row)].slot);
    default: return {};
    }
}

QString TokenModel::longText(int row, int column) const
{
    const ServiceToken& token = tokenAt(row);
    switch (column) {
    case ClientId: return QString::fromStdString(token.clientId.value);
    case Created: return m_dates.both(token.createdAt, m_now);
    case Expires: return token.expiresAt ? m_dates.both(*token.expiresAt, m_now) : text(row, column);
    case LastSeen: return token.lastSeenAt ? m_dates.both(*token.lastSeenAt, m_now) : text(row, column);
    case UsedBy: {
        QStringList names;
        for (const std::uint32_t application : m_index.applicationsOf(m_rows[static_cast<std::size_t>(row)].slot))
            names << m_index.applicationNames()[application];
        return names.isEmpty() ? text(row, column) : names.join(u", ");
    }
    default: return text(row, column);
    }
}

QString TokenModel::sectionText(int row) const
{
    const std::uint32_t section = m_rows[static_cast<std::size_t>(row)].section;
    const auto end = std::ranges::upper_bound(m_rows, section, {}, &Row::section);
    const qsizetype count = end - m_rows.begin() - row - 1;
    const auto& names = m_index.applicationNames();
    const QString name = section < names.size() ? names[section] : tr("Named by no application");
    return tr("%1 · %2", "section, how many tokens").arg(name, m_dates.count(count));
}

QVariant TokenModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return columnTitle(section);
}

QString TokenModel::columnTitle(int column)
{
    switch (column) {
    case State: return tr("State");
    case Name: return tr("Name");
    case Account: return tr("Profile");
    case ClientId: return tr("Client ID");
    case Created: return tr("Created");
    case Expires: return tr("Expires");
    case LastSeen: return tr("Last seen");
    case UsedBy: return tr("Used by");
    case Lifetime: return tr("Duration");
    case Owner: return tr("Owner");
    default: return {};
    }
}

QString TokenModel::stateWord(TokenState state)
{
    switch (state) {
    case TokenState::active: return tr("Active");
    case TokenState::expiresSoon: return tr("Expires soon");
    case TokenState::expired: return tr("Expired");
    case TokenState::disabled: return tr("Disabled");
    }
    Q_UNREACHABLE();
}

QString TokenModel::shortClientId(const access::ClientId& id)
{
    const QString whole = QString::fromStdString(id.value);
    const qsizetype dot = whole.indexOf(u'.');
    const qsizetype digits = dot < 0 ? whole.size() : dot;
    if (digits <= 12)
        return whole;
    return whole.left(4) + u'…' + whole.mid(digits - 4);
}

void TokenModel::recount()
{
    const TokenCounts counts = m_index.counts(m_now);
    if (counts == m_counts)
        return;
    m_counts = counts;
    Q_EMIT countsChanged();
}

} // namespace latchkey::ui
