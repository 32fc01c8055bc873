// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "WindowTesting.h"

#include "ui/ExpiryTimeline.h"
#include "ui/SavedSearchMenu.h"
#include "ui/TokenQuery.h"

#include "TestProgram.h"

#include <QApplication>
#include <QInputDialog>
#include <QSignalSpy>

namespace tst_ui_savedsearches {

using namespace windowTesting;

class TestSavedSearches : public WindowTest {
    Q_OBJECT

private Q_SLOTS:
    void suggestionsCanBeRead()
    {
        for (const SavedSearch& search : SavedSearchMenu::suggestions())
            QVERIFY2(!TokenQuery::parse(search.query).problem(), qPrintable(search.query));
    }

    void aListComesBackAsItWas()
    {
        const std::vector<SavedSearch> searches{{u"a, b"_s, u"name:\"x y\" -seen:never"_s}, {u"ü"_s, u"ci"_s}};
        QCOMPARE(SavedSearchMenu::fromStrings(SavedSearchMenu::toStrings(searches)), searches);
        QVERIFY(SavedSearchMenu::fromStrings({u"alone"_s}).empty());
        QVERIFY(SavedSearchMenu::fromStrings({u""_s, u"x"_s, u"y"_s, u""_s}).empty());
    }

    void choosingOneSearchesForItAlone()
    {
        fill();
        m_window->savedSearches().setSearches({{u"CI"_s, u"name:ci*"_s}});
        QTest::mouseClick(&child<QAbstractButton>(*m_window, names::filterChip(TokenFilter::expired)), Qt::LeftButton);
        open()->actions().front()->trigger();
        QCOMPARE(child<QLineEdit>(*m_window, QString(names::searchField)).text(), u"name:ci*"_s);
        QCOMPARE(m_window->tokenModel().filter(), TokenFilter::all);
        QCOMPARE(m_window->tokenModel().shownCount(), 1);
        QVERIFY2(open()->actions().front()->isChecked(), "it is the one that is shown");
    }

    void theSearchInTheFieldIsSavedUnderAName()
    {
        fill();
        SavedSearchMenu& menu = m_window->savedSearches();
        menu.setSearches({{u"CI"_s, u"name:ci*"_s}});
        QSignalSpy changed(&menu, &SavedSearchMenu::searchesChanged);
        QVERIFY2(!entry(u"savedSearchSave"_s)->isEnabled(), "nothing is searched for");
        QTest::keyClicks(&child<QLineEdit>(*m_window, QString(names::searchField)), u"owner:ada "_s);
        saveAs(u"Ada & co"_s);
        QCOMPARE(menu.searches(), (std::vector<SavedSearch>{{u"CI"_s, u"name:ci*"_s}, {u"Ada & co"_s, u"owner:ada"_s}}));
        QCOMPARE(open()->actions()[1]->text(), u"Ada && co"_s);
        saveAs(u"Ada"_s);   // another name for it
        QCOMPARE(menu.searches(), (std::vector<SavedSearch>{{u"CI"_s, u"name:ci*"_s}, {u"Ada"_s, u"owner:ada"_s}}));
        saveAs(u"CI"_s);    // a name that is taken: it means this now
        QCOMPARE(menu.searches(), (std::vector<SavedSearch>{{u"CI"_s, u"owner:ada"_s}}));
        QCOMPARE(changed.size(), 3);
    }

    void oneIsRemoved()
    {
        SavedSearchMenu& menu = m_window->savedSearches();
        menu.setSearches({{u"a"_s, u"x"_s}, {u"b"_s, u"y"_s}});
        open();
        menu.findChild<QMenu*>(u"savedSearchRemove"_s)->actions().front()->trigger();
        QCOMPARE(menu.searches(), (std::vector<SavedSearch>{{u"b"_s, u"y"_s}}));
    }

    void theKeyboardOpensTheMenu()
    {
        fill();
        QTest::keyClick(&child<QLineEdit>(*m_window, QString(names::searchField)), Qt::Key_Down, Qt::AltModifier);
        QTRY_VERIFY(m_window->savedSearches().isVisible());
        m_window->savedSearches().hide();
    }

private:
    /// Filled as when it opens.
    SavedSearchMenu* open()
    {
        SavedSearchMenu& menu = m_window->savedSearches();
        Q_EMIT menu.aboutToShow();
        return &menu;
    }

    QAction* entry(const QString& name) { return open()->findChild<QAction*>(name); }

    void saveAs(const QString& name)
    {
        entry(u"savedSearchSave"_s)->trigger();
        auto* dialog = m_window->findChild<QInputDialog*>();
        QVERIFY(dialog);
        dialog->setTextValue(name);
        dialog->accept();
        delete dialog;
    }
};

LATCHKEY_WIDGET_TEST(TestSavedSearches)

} // namespace tst_ui_savedsearches

#include "tst_ui_savedsearches.moc"
