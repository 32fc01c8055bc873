// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMenu>

#include <vector>

namespace latchkey::ui {

/// A search the person wants again.
struct SavedSearch {
    QString name;
    QString query;   ///< TokenQuery's language.
    bool operator==(const SavedSearch&) const = default;
};

/// The saved searches, to choose one, to save the one in the search field, to remove one. Filled anew whenever it opens.
class SavedSearchMenu final : public QMenu {
    Q_OBJECT

public:
    explicit SavedSearchMenu(QWidget* parent = nullptr);

    void setSearches(std::vector<SavedSearch> searches);
    [[nodiscard]] const std::vector<SavedSearch>& searches() const { return m_searches; }
    void setCurrent(const QString& query) { m_current = query.simplified(); }   ///< What is in the search field.

    /// What a new person finds there.
    [[nodiscard]] static std::vector<SavedSearch> suggestions();
    /// One search a line pair, for a settings file; what is no such list reads as none.
    [[nodiscard]] static QStringList toStrings(const std::vector<SavedSearch>& searches);
    [[nodiscard]] static std::vector<SavedSearch> fromStrings(const QStringList& strings);

Q_SIGNALS:
    void chosen(const QString& query);
    void searchesChanged();   ///< By the person.

private:
    void fill();
    void askName();
    void save(const QString& name, const QString& query);
    void remove(const SavedSearch& search);

    std::vector<SavedSearch> m_searches;
    QString m_current;
};

} // namespace latchkey::ui
