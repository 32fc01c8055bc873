// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokenModel.h"

#include <algorithm>
#include <utility>

namespace latchkey::ui {

using namespace Qt::StringLiterals;
using access::ServiceToken;
using access::TokenId;
using access::TokenState;

namespace {

constexpr std::chrono::days unusedAfter{30};

/// Beyond this many separate changes, one reset is cheaper for views than telling each.
constexpr std::size_t manyRemovals = 64;

QString haystackOf(const ServiceToken& token)
{
    return (QString::fromStdString(token.name) + u'\n' + QString::fromStdString(token.clientId.value)).toCaseFolded();
}

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
    recount();
    if (!m_tokens.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

void TokenModel::setTokens(std::vector<ServiceToken> tokens)
{
    removeMissing(tokens);
    std::vector<ServiceToken> added;
    std::size_t first = m_tokens.size();
    std::size_t last = 0;
    for (ServiceToken& token : tokens) {
        const auto found = m_rows.find(token.id);
        if (found == m_rows.end()) {
            added.push_back(std::move(token));
        } else if (m_tokens[found->second] != token) {
            first = std::min(first, found->second);
            last = std::max(last, found->second);
            replace(found->second, std::move(token));
        }
    }
    if (first <= last && first < m_tokens.size())
        Q_EMIT dataChanged(index(static_cast<int>(first), 0), index(static_cast<int>(last), ColumnCount - 1));
    append(std::move(added));
    recount();
}

void TokenModel::removeMissing(const std::vector<ServiceToken>& wanted)
{
    std::unordered_set<TokenId> keep;
    keep.reserve(wanted.size());
    for (const ServiceToken& token : wanted)
        keep.insert(token.id);

    std::size_t missing = 0;
    for (const ServiceToken& token : m_tokens)
        missing += keep.contains(token.id) ? 0 : 1;
    if (missing == 0)
        return;
    if (missing > manyRemovals) {
        beginResetModel();
        std::erase_if(m_tokens, [&](const ServiceToken& token) { return !keep.contains(token.id); });
        m_haystack.clear();
        for (const ServiceToken& token : m_tokens)
            m_haystack.push_back(haystackOf(token));
        m_rows.clear();
        reindexFrom(0);
        endResetModel();
        return;
    }
    for (std::size_t row = m_tokens.size(); row-- > 0;) {
        if (!keep.contains(m_tokens[row].id))
            removeToken(TokenId(m_tokens[row].id));
    }
}

void TokenModel::append(std::vector<ServiceToken> tokens)
{
    // The server may list one twice when pages shift under it.
    std::unordered_set<TokenId> seen;
    std::erase_if(tokens, [&](const ServiceToken& token) { return !seen.insert(token.id).second; });
    if (tokens.empty())
        return;
    const std::size_t first = m_tokens.size();
    beginInsertRows({}, static_cast<int>(first), static_cast<int>(first + tokens.size() - 1));
    for (ServiceToken& token : tokens) {
        m_haystack.push_back(haystackOf(token));
        m_tokens.push_back(std::move(token));
    }
    reindexFrom(first);
    endInsertRows();
}

void TokenModel::putToken(const ServiceToken& token)
{
    if (const auto row = rowOf(token.id)) {
        replace(static_cast<std::size_t>(*row), token);
        Q_EMIT dataChanged(index(*row, 0), index(*row, ColumnCount - 1));
    } else {
        append({token});
    }
    recount();
}

void TokenModel::removeToken(const TokenId& id)
{
    const auto row = rowOf(id);
    if (!row)
        return;
    beginRemoveRows({}, *row, *row);
    m_rows.erase(id);
    m_tokens.erase(m_tokens.begin() + *row);
    m_haystack.erase(m_haystack.begin() + *row);
    reindexFrom(static_cast<std::size_t>(*row));
    endRemoveRows();
    recount();
}

void TokenModel::setKeptSecrets(std::unordered_set<TokenId> kept)
{
    m_kept = std::move(kept);
    if (!m_tokens.empty())
        Q_EMIT dataChanged(index(0, ClientId), index(rowCount() - 1, ClientId));
}

void TokenModel::setSecretKept(const TokenId& id, bool kept)
{
    if (kept)
        m_kept.insert(id);
    else
        m_kept.erase(id);
    if (const auto row = rowOf(id))
        Q_EMIT dataChanged(index(*row, ClientId), index(*row, ClientId));
}

void TokenModel::setOld(bool old)
{
    if (old == m_old)
        return;
    m_old = old;
    if (!m_tokens.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

std::optional<int> TokenModel::rowOf(const TokenId& id) const
{
    const auto found = m_rows.find(id);
    return found == m_rows.end() ? std::nullopt : std::optional(static_cast<int>(found->second));
}

const ServiceToken* TokenModel::find(const TokenId& id) const
{
    const auto row = rowOf(id);
    return row ? &tokenAt(*row) : nullptr;
}

bool TokenModel::isUnused(int row) const
{
    const ServiceToken& token = tokenAt(row);
    return token.lastSeenAt.value_or(token.createdAt) + unusedAfter <= m_now;
}

bool TokenModel::matches(int row, const QString& foldedText) const
{
    return m_haystack[static_cast<std::size_t>(row)].contains(foldedText);
}

int TokenModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_tokens.size());
}

int TokenModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant TokenModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    switch (role) {
    case Qt::DisplayRole: return text(index.row(), index.column());
    case Qt::ToolTipRole: return longText(index.row(), index.column());
    case Qt::AccessibleTextRole:
        return m_old ? tr("%1 (may be out of date)").arg(longText(index.row(), index.column())) : longText(index.row(), index.column());
    case StateRole: return static_cast<int>(stateAt(index.row()));
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
    case ClientId: return shortClientId(token.clientId);
    case Created: return m_dates.date(token.createdAt);
    case Expires: return token.expiresAt ? m_dates.relative(*token.expiresAt, m_now) : tr("Never", "expires");
    case LastSeen: return token.lastSeenAt ? m_dates.seen(*token.lastSeenAt, m_now) : tr("Never", "seen");
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
    default: return text(row, column);
    }
}

QVariant TokenModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case State: return tr("State");
    case Name: return tr("Name");
    case ClientId: return tr("Client ID");
    case Created: return tr("Created");
    case Expires: return tr("Expires");
    case LastSeen: return tr("Last seen");
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

void TokenModel::reindexFrom(std::size_t row)
{
    for (; row < m_tokens.size(); ++row)
        m_rows[m_tokens[row].id] = row;
}

void TokenModel::replace(std::size_t row, ServiceToken token)
{
    m_haystack[row] = haystackOf(token);
    m_tokens[row] = std::move(token);
}

void TokenModel::recount()
{
    TokenCounts counts;
    counts.all = rowCount();
    for (int row = 0; row < counts.all; ++row) {
        const TokenState state = stateAt(row);
        counts.expiringSoon += state == TokenState::expiresSoon ? 1 : 0;
        counts.expired += state == TokenState::expired ? 1 : 0;
        counts.disabled += state == TokenState::disabled ? 1 : 0;
        counts.unused += isUnused(row) ? 1 : 0;
    }
    if (counts == m_counts)
        return;
    m_counts = counts;
    Q_EMIT countsChanged();
}

} // namespace latchkey::ui
