// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "WindowTesting.h"
#include "TestProgram.h"

#include <QApplication>

namespace tst_ui_windowlayout {

using namespace windowTesting;

/// Columns, their order and widths, what is kept of them, and that all of it can be reached and read out.
class TestWindowLayout : public WindowTest {
    Q_OBJECT

private Q_SLOTS:
    void theLayoutComesBack()
    {
        fill();
        table().sortByColumn(TokenModel::Name, Qt::DescendingOrder);
        table().setColumnWidth(TokenModel::State, 177);
        const QByteArray layout = m_window->saveLayout();

        MainWindow other(m_theme, samples::now);
        QVERIFY(other.restoreLayout(layout));
        auto& otherTable = child<QTableView>(other, QString(names::tokenTable));
        QCOMPARE(otherTable.horizontalHeader()->sortIndicatorSection(), int(TokenModel::Name));
        QCOMPARE(otherTable.horizontalHeader()->sortIndicatorOrder(), Qt::DescendingOrder);
        QCOMPARE(otherTable.columnWidth(TokenModel::State), 177);
    }

    void columnsAreChosenAndOrderedFromTheMenu()
    {
        fill();
        m_window->resize(1600, 800);
        auto& menu = child<QMenu>(*m_window, QString(names::columnMenu));
        const auto trigger = [&](QMenu& of, const QString& text) {
            Q_EMIT menu.aboutToShow();
            for (QAction* action : of.actions()) {
                if (action->text() == text)
                    return action->trigger();
            }
            QFAIL(qPrintable(text));
        };
        const auto order = [&] {
            QStringList titles;
            QHeaderView* header = table().horizontalHeader();
            for (int place = 0; place < header->count(); ++place) {
                if (!header->isSectionHidden(header->logicalIndex(place)))
                    titles << TokenModel::columnTitle(header->logicalIndex(place));
            }
            return titles.join(u' ');
        };
        QTRY_COMPARE(order(), u"State Name Client ID Expires Last seen Used by Created"_s);
        trigger(menu, u"Created"_s);
        trigger(menu, u"Owner"_s);
        QCOMPARE(order(), u"State Name Client ID Expires Last seen Used by Owner"_s);
        Q_EMIT menu.aboutToShow();
        trigger(child<QMenu>(menu, QString(names::columnsEarlier)), u"Expires"_s);
        QCOMPARE(order(), u"State Name Expires Client ID Last seen Used by Owner"_s);
        const QByteArray layout = m_window->saveLayout();

        MainWindow other(m_theme, samples::now);
        QVERIFY(other.restoreLayout(layout));
        other.setTokens(samples::tokens(), samples::now);
        other.show();
        other.resize(1600, 800);
        QHeaderView* header = child<QTableView>(other, QString(names::tokenTable)).horizontalHeader();
        QTRY_VERIFY(!header->isSectionHidden(TokenModel::Owner));
        QVERIFY(header->isSectionHidden(TokenModel::Created));
        QVERIFY(header->visualIndex(TokenModel::Expires) < header->visualIndex(TokenModel::ClientId));

        trigger(menu, u"Reset the columns"_s);
        QCOMPARE(order(), u"State Name Client ID Expires Last seen Used by Created"_s);
    }

    void aWrongTermIsToldUnderTheField()
    {
        fill();
        auto& search = child<QLineEdit>(*m_window, QString(names::searchField));
        auto& problem = child<QLabel>(*m_window, QString(names::searchProblem));
        QVERIFY(!problem.isVisible());
        QTest::keyClicks(&search, u"expires:<30"_s);
        QVERIFY(problem.isVisible());
        QVERIFY2(problem.text().contains(u"expires:<30d"_s), qPrintable(problem.text()));
        QTest::keyClicks(&search, u"d"_s);
        QVERIFY(!problem.isVisible());
        QCOMPARE(table().model()->rowCount(), 3);
    }

    void sectionsAreSkippedByTheKeyboardAndCountedOnce()
    {
        m_window->setApplications(samples::applications());
        fill();
        m_window->findChild<QAction*>(u"actionGroup"_s)->trigger();
        QCOMPARE(table().model()->rowCount(), 12);
        m_window->selectToken(samples::tokens()[1].id);
        table().setFocus();
        QTest::keyClick(&table(), Qt::Key_Down);   // from Grafana's only one, over the next header, to Prometheus'
        QCOMPARE(m_window->selectedTokens().size(), std::size_t(1));
        QCOMPARE(m_window->selectedTokens()[0].name, std::string("grafana-prod"));
        QCOMPARE(table().currentIndex().row(), 3);
        QTest::keyClick(&table(), Qt::Key_A, Qt::ControlModifier);
        QCOMPARE(m_window->selectedTokens().size(), std::size_t(8));
        QTRY_COMPARE(child<QLabel>(*m_window, QString(names::statusLeft)).text(), u"8 tokens · 8 selected"_s);
    }

    void aForeignLayoutIsRefused_data()
    {
        QTest::addColumn<QByteArray>("layout");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("rubbish") << QByteArray("not ours at all");
        QTest::newRow("cut off") << QByteArray::fromHex("4c4b57410001000000");
        QTest::newRow("a later version") << QByteArray::fromHex("4c4b57410063");
    }

    void aForeignLayoutIsRefused()
    {
        QFETCH(QByteArray, layout);
        QVERIFY(!m_window->restoreLayout(layout));
    }

    void columnsGiveWayWhenItIsNarrowAndComeBack()
    {
        fill();
        m_window->resize(1600, 800);
        QTRY_VERIFY(!table().isColumnHidden(TokenModel::Created));
        m_window->resize(900, 600);
        QTRY_VERIFY(table().isColumnHidden(TokenModel::Created));
        QVERIFY(!table().isColumnHidden(TokenModel::State));
        QVERIFY(!table().isColumnHidden(TokenModel::Name));
        QVERIFY(!table().isColumnHidden(TokenModel::Expires));
        QCOMPARE(m_window->size(), QSize(900, 600));
        m_window->resize(1600, 800);
        QTRY_VERIFY(!table().isColumnHidden(TokenModel::Created));
    }

    void everyControlHasANameForScreenReaders()
    {
        fill();
        m_window->setApplications(samples::applications());
        m_window->setKeptSecrets({samples::tokens()[1].id});
        m_window->selectToken(samples::tokens()[1].id);
        for (QWidget* widget : m_window->findChildren<QWidget*>()) {
            const bool control = qobject_cast<QAbstractButton*>(widget) || qobject_cast<QLineEdit*>(widget) || qobject_cast<QTableView*>(widget)
                || qobject_cast<QComboBox*>(widget);
            if (!control || !widget->isVisible() || widget->objectName().startsWith(u"qt_"_s) || widget->inherits("QTableCornerButton")
                || qobject_cast<QLineEdit*>(widget->parentWidget()))
                continue;
            const QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(widget);
            QVERIFY(interface);
            QVERIFY2(!interface->text(QAccessible::Name).isEmpty(), qPrintable(widget->objectName() + u" / "_s + QString::fromLatin1(widget->metaObject()->className())));
        }
    }

    void everyControlCanBeReachedWithTab()
    {
        fill();
        m_window->selectToken(samples::tokens()[1].id);
        QSet<QString> reached;
        child<QLineEdit>(*m_window, QString(names::searchField)).setFocus();
        for (int i = 0; i < 60; ++i) {
            reached << m_window->focusWidget()->objectName();
            QTest::keyClick(m_window->focusWidget(), Qt::Key_Tab);
        }
        for (const auto name : {names::searchField, names::reload, names::createToken, names::tokenTable, names::refreshToken, names::deleteToken,
                                names::copyClientId, names::copySnippet, names::navTokens})
            QVERIFY2(reached.contains(QString(name)), name.data());
    }
};

LATCHKEY_WIDGET_TEST(TestWindowLayout)

} // namespace tst_ui_windowlayout

#include "tst_ui_windowlayout.moc"
