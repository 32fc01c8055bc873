// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "DateText.h"

#include "agent/access/ServiceToken.h"

#include <QAbstractTableModel>

#include <chrono>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace latchkey::ui {

/// How many tokens each filter chip stands for.
struct TokenCounts {
    int all = 0;
    int expiringSoon = 0;
    int expired = 0;
    int disabled = 0;
    int unused = 0;   ///< Not seen for 30 days and older than that.

    bool operator==(const TokenCounts&) const = default;
};

/// The tokens as a table: state, name, Client ID, created, expires, last seen. The order of rows is the order of arrival;
/// TokenFilterModel sorts. Changes go by id and touch only the rows they concern, so views keep selection and scroll
/// position. Times are told relative to setNow(). GUI thread only.
class TokenModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { State, Name, ClientId, Created, Expires, LastSeen, ColumnCount };
    enum DataRole {
        StateRole = Qt::UserRole + 1,   ///< int of access::TokenState
        OldRole,                        ///< bool: the list could not be brought up to date
    };

    TokenModel(DateText dates, std::chrono::sys_seconds now, QObject* parent = nullptr);

    void setNow(std::chrono::sys_seconds now);
    [[nodiscard]] std::chrono::sys_seconds now() const { return m_now; }
    [[nodiscard]] const DateText& dates() const { return m_dates; }

    void setTokens(std::vector<access::ServiceToken> tokens);
    void putToken(const access::ServiceToken& token);
    void removeToken(const access::TokenId& id);
    void setKeptSecrets(std::unordered_set<access::TokenId> kept);
    void setSecretKept(const access::TokenId& id, bool kept);
    [[nodiscard]] bool isSecretKept(const access::TokenId& id) const { return m_kept.contains(id); }
    void setOld(bool old);
    [[nodiscard]] bool isOld() const { return m_old; }

    [[nodiscard]] const access::ServiceToken& tokenAt(int row) const { return m_tokens[static_cast<std::size_t>(row)]; }
    [[nodiscard]] std::optional<int> rowOf(const access::TokenId& id) const;
    [[nodiscard]] const access::ServiceToken* find(const access::TokenId& id) const;
    [[nodiscard]] access::TokenState stateAt(int row) const { return access::stateAt(tokenAt(row), m_now); }
    [[nodiscard]] bool isUnused(int row) const;
    [[nodiscard]] bool matches(int row, const QString& foldedText) const;   ///< In name or Client ID; case is folded.
    [[nodiscard]] const TokenCounts& counts() const { return m_counts; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    [[nodiscard]] static QString stateWord(access::TokenState state);
    [[nodiscard]] static QString shortClientId(const access::ClientId& id);   ///< `a428…cf05.access`

Q_SIGNALS:
    void countsChanged();

private:
    [[nodiscard]] QString text(int row, int column) const;
    [[nodiscard]] QString longText(int row, int column) const;
    void removeMissing(const std::vector<access::ServiceToken>& wanted);
    void append(std::vector<access::ServiceToken> tokens);
    void reindexFrom(std::size_t row);
    void replace(std::size_t row, access::ServiceToken token);
    void recount();

    DateText m_dates;
    std::chrono::sys_seconds m_now;
    std::vector<access::ServiceToken> m_tokens;
    std::vector<QString> m_haystack;   ///< Per row: folded name and Client ID, for search as you type.
    std::unordered_map<access::TokenId, std::size_t> m_rows;
    std::unordered_set<access::TokenId> m_kept;
    TokenCounts m_counts;
    bool m_old = false;
};

} // namespace latchkey::ui
