// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Panel.h"
#include "TokenModel.h"

#include <optional>
#include <vector>

class QGridLayout;
class QStackedWidget;

namespace latchkey::ui {

class Button;
class ExpiryTimeline;
class FilterChips;
class SavedSearchMenu;
class SearchField;
class StatePage;
class TextLabel;
class TokenTable;

/// Title, search, chips and the table, or the page that stands in for the table.
class TokensPage final : public Panel {
    Q_OBJECT

public:
    TokensPage(const Theme& theme, TokenModel& model, QWidget* parent = nullptr);

    void setLoading();
    void setLoaded();
    void setLoadError(const QString& message);
    void setStopped();   ///< Not by a failure.

    [[nodiscard]] TokenTable& table() const { return *m_table; }
    [[nodiscard]] std::vector<access::TokenId> selection() const;   ///< In the order shown, each once.
    [[nodiscard]] int selectionCount() const;
    void selectToken(const access::TokenId& id);
    void clearFilter();
    void focusSearch();
    void searchFor(const QString& query);   ///< And for nothing else: chip and month are let go.
    [[nodiscard]] SavedSearchMenu& savedSearches() const { return *m_saved; }
    void setTimelineWanted(bool wanted);   ///< It is shown while there are tokens.
    void focusPage();   ///< The table, or the button of the page that stands in for it.
    [[nodiscard]] bool hasTokens() const { return m_model.tokenCount() > 0; }
    [[nodiscard]] bool hasFailed() const { return m_state == State::failed; }
    [[nodiscard]] bool isShowingOldRows() const { return hasTokens() && m_state == State::failed; }

Q_SIGNALS:
    void createRequested();
    void reloadRequested();
    void selectionChanged();
    void shownChanged();   ///< How many rows the filter leaves.

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    enum class State { loading, loaded, failed };
    void buildHeader();
    void buildPages();
    void arrangeHeader(bool narrow);
    void choosePage();
    void search(const QString& text);

    TokenModel& m_model;
    State m_state = State::loading;
    std::optional<bool> m_narrow;

    QGridLayout* m_header;
    TextLabel* m_title;
    SearchField* m_search;
    SavedSearchMenu* m_saved;
    Button* m_reload;
    Button* m_create;
    FilterChips* m_chips;
    ExpiryTimeline* m_timeline;
    bool m_timelineWanted = true;
    Panel* m_oldBanner;
    TextLabel* m_oldText;
    TextLabel* m_queryProblem;
    QStackedWidget* m_pages;
    TokenTable* m_table;
    StatePage* m_empty = nullptr;
    StatePage* m_loading = nullptr;
    StatePage* m_error = nullptr;
    StatePage* m_noMatch = nullptr;
};

} // namespace latchkey::ui
