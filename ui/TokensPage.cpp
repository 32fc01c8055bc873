// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokensPage.h"

#include "Button.h"
#include "ExpiryTimeline.h"
#include "FilterChips.h"
#include "IconLabel.h"
#include "ObjectNames.h"
#include "SavedSearchMenu.h"
#include "SearchField.h"
#include "StatePage.h"
#include "TextLabel.h"
#include "TokenTable.h"

#include <QGridLayout>
#include <QItemSelectionModel>
#include <QResizeEvent>
#include <QStackedWidget>

#include <algorithm>
#include <string_view>
#include <unordered_set>

namespace latchkey::ui {

TokensPage::TokensPage(const Theme& theme, TokenModel& model, QWidget* parent)
    : Panel(theme, Role::window, {}, parent)
    , m_model(model)
    , m_header(new QGridLayout)
    , m_title(new TextLabel(theme, Role::text, TextLabel::Size::title, tr("Service tokens")))
    , m_search(new SearchField(theme))
    , m_saved(new SavedSearchMenu(this))
    , m_reload(new Button(theme, IconName::reload, tr("Reload the list")))
    , m_create(new Button(theme, Button::Kind::primary, tr("&Create token")))
    , m_chips(new FilterChips(theme))
    , m_timeline(new ExpiryTimeline(theme, model))
    , m_oldBanner(new Panel(theme, Role::warningSurface, Qt::TopEdge))
    , m_oldText(new TextLabel(theme, Role::text, TextLabel::Size::body))
    , m_queryProblem(new TextLabel(theme, Role::danger, TextLabel::Size::caption))
    , m_pages(new QStackedWidget)
    , m_table(new TokenTable(theme, model))
{
    setObjectName(names::tokensPage);
    buildHeader();
    buildPages();

    auto* top = new QVBoxLayout;
    top->setContentsMargins(18, 14, 18, 10);
    top->setSpacing(10);
    top->addLayout(m_header);
    top->addWidget(m_queryProblem);
    top->addWidget(m_chips);
    top->addWidget(m_timeline);
    auto* line = new Panel(theme, Role::hairline);
    line->setFixedHeight(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(top);
    column->addWidget(m_oldBanner);
    column->addWidget(line);
    column->addWidget(m_pages, 1);

    m_queryProblem->setObjectName(names::searchProblem);
    m_queryProblem->setWordWrap(true);
    m_queryProblem->hide();
    connect(m_search, &SearchField::textChanged, this, &TokensPage::search);
    connect(m_search, &SearchField::left, this, [this] {
        m_table->setFocus(Qt::TabFocusReason);
        if (!m_table->currentIndex().isValid() && m_model.rowCount() > 0)
            m_table->selectRow(m_model.isSection(0) ? 1 : 0);
    });
    connect(m_chips, &FilterChips::filterChosen, this, [this](TokenFilter filter) {
        m_model.setFilter(filter);
        choosePage();
    });
    connect(&m_model, &TokenModel::countsChanged, this, [this] {
        m_chips->setCounts(m_model.counts(), m_model.dates());
        choosePage(); // the rows told of the change before the counts did: the last token's going left the wrong page
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &TokensPage::selectionChanged);
    connect(&m_model, &TokenModel::shownChanged, this, &TokensPage::choosePage);
    m_chips->setCounts(m_model.counts(), m_model.dates());
    choosePage();
}

void TokensPage::buildHeader()
{
    m_search->setObjectName(names::searchField);
    m_search->setPlaceholderText(tr("Search name or Client ID"));
    m_search->setAccessibleName(tr("Search name or Client ID"));
    m_search->setToolTip(tr("Words, or terms like expires:<30d, expires:>2027-01-01, seen:never, seen:>30d, state:disabled, name:ci*, "
                            "app:grafana, owner:ada. A minus before a term excludes what it finds."));
    m_search->setMenu(m_saved, tr("Saved searches"));
    connect(m_saved, &SavedSearchMenu::chosen, this, &TokensPage::searchFor);
    m_reload->setObjectName(names::reload);
    m_reload->setToolTip(tr("Reload the list (F5)"));
    m_create->setObjectName(names::createToken);
    m_create->setThemedIcon(IconName::plus);
    m_create->setToolTip(tr("Create a token (Ctrl+N)"));
    m_header->setHorizontalSpacing(10);
    m_header->setVerticalSpacing(10);
    connect(m_reload, &Button::clicked, this, &TokensPage::reloadRequested);
    connect(m_create, &Button::clicked, this, &TokensPage::createRequested);
    m_title->setElided(Qt::ElideRight);
    arrangeHeader(false);

    m_oldBanner->setObjectName(names::oldBanner);
    m_oldText->setWordWrap(true);
    auto* retry = new Button(theme(), Button::Kind::standard, tr("Try again"));
    retry->setObjectName(names::oldRetry);
    auto* row = new QHBoxLayout(m_oldBanner);
    row->setContentsMargins(18, grid, 18, grid);
    row->setSpacing(10);
    row->addWidget(new IconLabel(theme(), IconName::warning, Role::warning));
    row->addWidget(m_oldText, 1);
    row->addWidget(retry);
    m_oldBanner->hide();
    connect(retry, &Button::clicked, this, &TokensPage::reloadRequested);
}

void TokensPage::buildPages()
{
    m_pages->setObjectName(names::listStack);

    m_empty = new StatePage(theme(), IconName::key, Role::accentText);
    m_empty->setObjectName(names::emptyPage);
    m_empty->setTitle(tr("No service tokens yet"));
    m_empty->setText(tr("A service token lets a script or a service through Access without a person: a Client ID and a Client "
                        "Secret, sent with each request. Create the first one; it takes a name."));
    Button* create = m_empty->addButton(Button::Kind::primary, tr("&Create token"));
    create->setObjectName(names::emptyCreate);
    create->setThemedIcon(IconName::plus);
    connect(create, &Button::clicked, this, &TokensPage::createRequested);

    m_loading = new StatePage(theme(), std::nullopt, Role::accentText);
    m_loading->setObjectName(names::loadingPage);
    m_loading->setTitle(tr("Loading tokens…"));
    m_loading->setText({});

    m_error = new StatePage(theme(), IconName::warning, Role::danger);
    m_error->setObjectName(names::errorPage);
    m_error->setTitle(tr("The tokens could not be loaded"));
    Button* retry = m_error->addButton(Button::Kind::primary, tr("Try again"));
    retry->setObjectName(names::errorRetry);
    connect(retry, &Button::clicked, this, &TokensPage::reloadRequested);

    m_noMatch = new StatePage(theme(), IconName::filter, Role::mutedText);
    m_noMatch->setObjectName(names::noMatchPage);
    m_noMatch->setTitle(tr("No token matches"));
    Button* clear = m_noMatch->addButton(Button::Kind::standard, tr("Clear filter"));
    clear->setObjectName(names::clearFilter);
    connect(clear, &Button::clicked, this, &TokensPage::clearFilter);

    for (QWidget* page : std::initializer_list<QWidget*>{m_table, m_empty, m_loading, m_error, m_noMatch})
        m_pages->addWidget(page);
}

void TokensPage::arrangeHeader(bool narrow)
{
    if (m_narrow == narrow)
        return;
    m_narrow = narrow;
    for (QWidget* widget : std::initializer_list<QWidget*>{m_title, m_search, m_reload, m_create})
        m_header->removeWidget(widget);
    m_header->addWidget(m_title, 0, 0);
    m_header->addWidget(m_reload, 0, 2);
    m_header->addWidget(m_create, 0, 3);
    if (narrow)
        m_header->addWidget(m_search, 1, 0, 1, 4);
    else
        m_header->addWidget(m_search, 0, 1);
    m_header->setColumnStretch(0, 1);
    m_header->setColumnStretch(1, narrow ? 0 : 2);
    m_search->setMaximumWidth(narrow ? QWIDGETSIZE_MAX : m_search->sizeHint().width());
}

void TokensPage::resizeEvent(QResizeEvent* event)
{
    Panel::resizeEvent(event);
    arrangeHeader(event->size().width() < m_title->sizeHint().width() + m_search->sizeHint().width() * 2 / 3
                      + m_reload->sizeHint().width() + m_create->sizeHint().width() + 10 * grid);
}

void TokensPage::setLoading()
{
    m_state = State::loading;
    m_reload->setEnabled(false);
    choosePage();
}

void TokensPage::setLoaded()
{
    m_state = State::loaded;
    m_reload->setEnabled(true);
    m_model.setOld(false);
    choosePage();
}

void TokensPage::setStopped()
{
    if (!hasTokens()) {
        setLoadError(tr("Loading was stopped."));
        return;
    }
    m_state = State::loaded;
    m_reload->setEnabled(true);
    choosePage();
}

void TokensPage::setLoadError(const QString& message)
{
    m_state = State::failed;
    m_reload->setEnabled(true);
    m_model.setOld(true);
    m_error->setText(message);
    m_oldText->setText(tr("The list could not be brought up to date. %1").arg(message));
    choosePage();
}

void TokensPage::search(const QString& text)
{
    m_model.setSearch(text);
    m_saved->setCurrent(text);
    const auto& problem = m_model.query().problem();
    m_queryProblem->setText(problem ? problem->message : QString());
    m_queryProblem->setVisible(problem.has_value());
    // Screen readers say what is wrong with the field's name.
    m_search->setAccessibleDescription(problem ? problem->message : QString());
    choosePage();
}

void TokensPage::choosePage()
{
    const bool rows = hasTokens();
    QWidget* page = m_table;
    if (!rows)
        page = m_state == State::loading ? m_loading : m_state == State::failed ? m_error : m_empty;
    else if (m_model.rowCount() == 0)
        page = m_noMatch;
    if (page == m_noMatch)
        m_noMatch->setText(m_model.search().isEmpty() ? tr("There are other tokens; the filter hides them.")
                                                          : tr("Nothing here matches “%1”.").arg(m_model.search()));
    if (m_pages->currentWidget() != page || !window()->focusWidget()) {
        // Who types into the search keeps the focus; else it goes where the page is.
        const QWidget* focus = window()->focusWidget();
        m_pages->setCurrentWidget(page);
        if (!focus || m_pages->isAncestorOf(focus))
            focusPage();
    }
    m_chips->setVisible(rows);
    m_timeline->setVisible(rows && m_timelineWanted);
    m_search->setVisible(rows);
    m_create->setVisible(page != m_empty);
    m_oldBanner->setVisible(isShowingOldRows());
    Q_EMIT shownChanged();
}

void TokensPage::focusPage()
{
    if (auto* state = qobject_cast<StatePage*>(m_pages->currentWidget()))
        state->focusFirstButton();
    else
        m_table->setFocus();
}

std::vector<access::TokenId> TokensPage::selection() const
{
    QModelIndexList rows = m_table->selectionModel()->selectedRows();
    std::ranges::sort(rows, {}, &QModelIndex::row);
    std::vector<access::TokenId> ids;
    ids.reserve(static_cast<std::size_t>(rows.size()));
    std::unordered_set<std::string_view> seen;
    for (const QModelIndex& index : rows) {
        if (m_model.isSection(index.row()))
            continue;
        // In sections a token may stand twice.
        const access::TokenId& id = m_model.tokenAt(index.row()).id;
        if (!m_model.isGrouped() || seen.insert(id.value).second)
            ids.push_back(id);
    }
    return ids;
}

int TokensPage::selectionCount() const
{
    if (m_model.isGrouped())
        return static_cast<int>(selection().size());
    int count = 0;
    for (const QItemSelectionRange& range : m_table->selectionModel()->selection())
        count += range.height();   // rows are selected whole, so ranges do not overlap
    return count;
}

void TokensPage::selectToken(const access::TokenId& id)
{
    if (!m_model.find(id))
        return;
    if (!m_model.rowOf(id))
        clearFilter();
    const auto row = m_model.rowOf(id);
    if (!row)
        return;
    const QModelIndex index = m_model.index(*row, TokenModel::Name);
    m_table->setCurrentIndex(index);
    m_table->scrollTo(index);
}

void TokensPage::clearFilter()
{
    m_search->clear();
    m_chips->setFilter(TokenFilter::all);
    m_timeline->clearChoice();
}

void TokensPage::setTimelineWanted(bool wanted)
{
    m_timelineWanted = wanted;
    if (!wanted)
        m_timeline->clearChoice();   // a filter that nobody sees would be a riddle
    m_timeline->setVisible(wanted && hasTokens());
}

void TokensPage::searchFor(const QString& query)
{
    clearFilter();
    m_search->setText(query);
}

void TokensPage::focusSearch()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

} // namespace latchkey::ui
