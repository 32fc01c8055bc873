// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Samples.h"
#include "Widgets.h"
#include "ui/CommandPalette.h"
#include "ui/ConfirmDialog.h"
#include "ui/EnglishPlurals.h"
#include "ui/MainWindow.h"
#include "ui/ObjectNames.h"
#include "ui/Theme.h"
#include "ui/TokenModel.h"

#include <QAbstractButton>
#include <QAccessible>
#include <QAction>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QTableView>
#include <QTest>

/// A main window on screen, with a theme of its own, before each test.
namespace windowTesting {

using namespace latchkey;
using namespace latchkey::ui;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using access::TokenId;
using samples::child;

class WindowTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QLocale::setDefault(QLocale(u"en_GB"_s));
        QCoreApplication::installTranslator(&m_plurals);
        m_theme.applyTo(*qobject_cast<QApplication*>(QCoreApplication::instance()));
    }

    void init()
    {
        m_window = std::make_unique<MainWindow>(m_theme, samples::now);
        m_window->show();
        QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    }

    void cleanup() { m_window.reset(); }

protected:
    void fill() { m_window->setTokens(samples::tokens(), samples::now); }
    QTableView& table() { return child<QTableView>(*m_window, QString(names::tokenTable)); }
    QString page() { return child<QStackedWidget>(*m_window, QString(names::listStack)).currentWidget()->objectName(); }

    Theme m_theme;
    EnglishPlurals m_plurals;
    std::unique_ptr<MainWindow> m_window;
};

} // namespace windowTesting
