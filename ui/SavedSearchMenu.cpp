// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SavedSearchMenu.h"

#include "ObjectNames.h"

#include <QInputDialog>

#include <algorithm>

namespace latchkey::ui {

using namespace Qt::StringLiterals;

namespace {

/// Not a mnemonic: searches are the person's words.
QString plain(QString text)
{
    return text.replace(u"&"_s, u"&&"_s);
}

} // namespace

SavedSearchMenu::SavedSearchMenu(QWidget* parent)
    : QMenu(tr("&Saved searches"), parent)
{
    setObjectName(names::savedSearches);
    setToolTipsVisible(true);
    connect(this, &QMenu::aboutToShow, this, &SavedSearchMenu::fill);
}

void SavedSearchMenu::setSearches(std::vector<SavedSearch> searches)
{
    m_searches = std::move(searches);
}

std::vector<SavedSearch> SavedSearchMenu::suggestions()
{
    return {{tr("End within 30 days"), u"expires:<30d"_s},
            {tr("Not seen for 90 days"), u"seen:>90d"_s},
            {tr("Named by no application"), u"app:none"_s},
            {tr("Without an owner"), u"owner:none"_s}};
}

QStringList SavedSearchMenu::toStrings(const std::vector<SavedSearch>& searches)
{
    QStringList strings;
    for (const SavedSearch& search : searches)
        strings << search.name << search.query;
    return strings;
}

std::vector<SavedSearch> SavedSearchMenu::fromStrings(const QStringList& strings)
{
    std::vector<SavedSearch> searches;
    for (qsizetype i = 0; i + 1 < strings.size(); i += 2) {
        if (!strings[i].isEmpty() && !strings[i + 1].isEmpty())
            searches.push_back({strings[i], strings[i + 1]});
    }
    return searches;
}

void SavedSearchMenu::fill()
{
    clear();
    for (const SavedSearch& search : m_searches) {
        QAction* action = addAction(plain(search.name));
        action->setToolTip(search.query);
        action->setCheckable(true);
        action->setChecked(search.query == m_current);
        connect(action, &QAction::triggered, this, [this, query = search.query] { Q_EMIT chosen(query); });
    }
    addSeparator();
    QAction* save = addAction(tr("Save this search…"));
    save->setObjectName(u"savedSearchSave"_s);
    save->setEnabled(!m_current.isEmpty());
    save->setToolTip(m_current.isEmpty() ? tr("Search for something first") : m_current);
    connect(save, &QAction::triggered, this, &SavedSearchMenu::askName);
    QMenu* removing = addMenu(tr("Remove"));
    removing->setObjectName(u"savedSearchRemove"_s);
    removing->setEnabled(!m_searches.empty());
    for (const SavedSearch& search : m_searches) {
        QAction* action = removing->addAction(plain(search.name));
        connect(action, &QAction::triggered, this, [this, search] { remove(search); });
    }
}

void SavedSearchMenu::askName()
{
    auto* dialog = new QInputDialog(parentWidget() ? parentWidget()->window() : nullptr);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(u"savedSearchName"_s);
    dialog->setWindowTitle(tr("Save the search"));
    dialog->setLabelText(tr("What to call the search “%1”:").arg(m_current));
    const auto same = std::ranges::find(m_searches, m_current, &SavedSearch::query);
    dialog->setTextValue(same == m_searches.end() ? m_current : same->name);
    dialog->setOkButtonText(tr("Save"));
    connect(dialog, &QInputDialog::textValueSelected, this, [this, query = m_current](const QString& name) { save(name.simplified(), query); });
    dialog->open();
}

void SavedSearchMenu::save(const QString& name, const QString& query)
{
    if (name.isEmpty())
        return;
    // One name means one search, and one search has one name.
    std::erase_if(m_searches, [&](const SavedSearch& search) { return search.query == query && search.name != name; });
    const auto found = std::ranges::find(m_searches, name, &SavedSearch::name);
    if (found != m_searches.end())
        found->query = query;
    else
        m_searches.push_back({name, query});
    Q_EMIT searchesChanged();
}

void SavedSearchMenu::remove(const SavedSearch& search)
{
    std::erase(m_searches, search);
    Q_EMIT searchesChanged();
}

} // namespace latchkey::ui
