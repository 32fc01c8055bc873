// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "DateText.h"
#include "TokenIndex.h"

#include <QAbstractTableModel>

namespace latchkey::ui {

/// The tokens that chip, search and timeline leave, in order, as a table; on request in sections, one an application, each
/// under a header row. All tokens are in a TokenIndex; this tells views what becomes of the rows. Whatever changes (a
/// token, a page of the list, the search, the order), the old rows become the new ones by as few removals, moves and
/// insertions as the model's protocol knows, never by a reset: views keep selection and scroll position.
/// Times are told relative to setNow(). GUI thread only.
class TokenModel final : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { State, Name, Account, ClientId, Expires, LastSeen, UsedBy, Created, Lifetime, Owner, ColumnCount };
    enum DataRole {
        StateRole = Qt::UserRole + 1,   ///< int of access::TokenState
        OldRole,                        ///< bool: the list could not be brought up to date
        SectionRole,                    ///< QString: of a header row its text; invalid of a token's row
    };

    TokenModel(DateText dates, std::chrono::sys_seconds now, QObject* parent = nullptr);

    // What there is.
    void setNow(std::chrono::sys_seconds now);
    [[nodiscard]] std::chrono::sys_seconds now() const { return m_now; }
    [[nodiscard]] const DateText& dates() const { return m_dates; }
    void setTokens(std::vector<access::ServiceToken> tokens);    ///< The whole list.
    void addTokens(std::vector<access::ServiceToken> tokens);    ///< A page of it; the others stay.
    void putToken(const access::ServiceToken& token);
    void removeToken(const access::TokenId& id);
    void setApplications(const std::vector<access::Application>& applications);
    void setOwners(const std::unordered_map<access::TokenId, QString>& owners);
    /// Which profile each belongs to, where several are shown in one list.
    void setAccounts(const std::unordered_map<access::TokenId, QString>& accounts);
    void setKeptSecrets(std::unordered_set<access::TokenId> kept);
    void setSecretKept(const access::TokenId& id, bool kept);
    [[nodiscard]] bool isSecretKept(const access::TokenId& id) const { return m_kept.contains(id); }
    void setOld(bool old);
    [[nodiscard]] bool isOld() const { return m_old; }

    [[nodiscard]] const access::ServiceToken* find(const access::TokenId& id) const;
    [[nodiscard]] int tokenCount() const { return static_cast<int>(m_index.size()); }   ///< Shown or not.
    [[nodiscard]] const TokenCounts& counts() const { return m_counts; }
    [[nodiscard]] const TokenIndex& index() const { return m_index; }
    using QAbstractTableModel::index;

    // What is shown of it.
    void setFilter(TokenFilter filter);
    [[nodiscard]] TokenFilter filter() const { return m_criteria.filter; }
    void setSearch(const QString& text);
    [[nodiscard]] const QString& search() const { return m_search; }
    [[nodiscard]] const TokenQuery& query() const { return m_criteria.query; }
    void setSpan(const std::optional<ExpirySpan>& span);
    [[nodiscard]] const std::optional<ExpirySpan>& span() const { return m_criteria.span; }
    [[nodiscard]] bool isFiltering() const;
    void setGrouped(bool grouped);
    [[nodiscard]] bool isGrouped() const { return m_grouped; }
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

    [[nodiscard]] int shownCount() const { return static_cast<int>(m_shown.size()); }   ///< Tokens, each once.
    [[nodiscard]] std::vector<const access::ServiceToken*> shownTokens() const;         ///< In order, each once.
    [[nodiscard]] bool isSection(int row) const { return m_rows[static_cast<std::size_t>(row)].slot == sectionSlot; }
    [[nodiscard]] const access::ServiceToken& tokenAt(int row) const;                   ///< Of a row that is no section's.
    [[nodiscard]] std::optional<int> rowOf(const access::TokenId& id) const;            ///< The first one that shows it.
    [[nodiscard]] access::TokenState stateAt(int row) const { return access::stateAt(tokenAt(row), m_now); }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

    [[nodiscard]] static QString columnTitle(int column);
    [[nodiscard]] static QString stateWord(access::TokenState state);
    [[nodiscard]] static QString shortClientId(const access::ClientId& id);   ///< `a428…cf05.access`

Q_SIGNALS:
    void countsChanged();
    void tokensChanged();   ///< Which there are, or what they are.
    void shownChanged();    ///< Which rows there are.

private:
    using Slot = TokenIndex::Slot;
    static constexpr Slot sectionSlot = ~Slot(0);
    /// A row: a token in a section, or the section's header. Without sections all are in section 0.
    struct Row {
        Slot slot;
        std::uint32_t section;
        bool operator==(const Row&) const = default;
        [[nodiscard]] std::uint64_t key() const { return (std::uint64_t(section) << 32) | slot; }
    };

    [[nodiscard]] QString text(int row, int column) const;
    [[nodiscard]] QString longText(int row, int column) const;
    [[nodiscard]] QString sectionText(int row) const;
    void apply(const TokenIndex::Change& change);
    void touch(const std::vector<Slot>& changed);
    void choose(bool narrowing);
    void showRows();
    [[nodiscard]] std::vector<Row> rowsOfShown() const;
    void becomeRows(std::vector<Row> rows);
    void removeRowsNotIn(const std::vector<Row>& rows);
    void insertRowsOf(const std::vector<Row>& rows);
    void arrangeRows(std::vector<Row> rows);
    void tellChanged(const std::vector<Slot>& slots);
    void tellAllChanged(int firstColumn, int lastColumn);
    void recount();

    DateText m_dates;
    std::chrono::sys_seconds m_now;
    TokenIndex m_index;
    std::unordered_set<access::TokenId> m_kept;
    TokenCounts m_counts;
    bool m_old = false;

    TokenCriteria m_criteria;
    QString m_search;
    TokenOrder m_order = TokenOrder::expires;
    bool m_descending = false;
    bool m_grouped = false;
    std::vector<Slot> m_ordered;   ///< All, in order.
    std::vector<Slot> m_shown;     ///< Those of them that are left.
    std::vector<Row> m_rows;       ///< What views see.
};

} // namespace latchkey::ui
