// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/Desktop.h"
#include "ui/ObjectNames.h"
#include "ui/OperationNames.h"

#include <QAbstractButton>
#include <QLabel>
#include <QLineEdit>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

/// The app as a person has it: the real composition, a real window, a real agent process, in throw-away directories. The
/// tests find widgets by the names of ui/ObjectNames.h and use mouse and keyboard only.
class AppUnderTest {
public:
    explicit AppUnderTest(const QTemporaryDir& directory);
    ~AppUnderTest();   ///< Quits as a person does, and waits until the agent, if it was the app's, is gone.

    void start();
    /// Waits until the agent runs and the list is loaded; false after 30 s.
    [[nodiscard]] bool waitUntilReady();

    [[nodiscard]] latchkey::ui::MainWindow& window() { return m_desktop->window(); }
    [[nodiscard]] latchkey::app::AgentSupervisor& supervisor() { return m_desktop->supervisor(); }
    [[nodiscard]] latchkey::app::Watching& watching() { return m_desktop->watching(); }
    [[nodiscard]] latchkey::app::Profiles& profiles() { return m_desktop->profiles(); }
    void startInBackground() { m_desktop->start(true); }
    [[nodiscard]] QString dataDirectory() const { return m_dataDirectory; }

    /// The visible widget of this name in any window of the app, waited for; fails the test when it does not come.
    template <typename T = QWidget>
    [[nodiscard]] static T* find(const QString& name, int timeout = 10'000)
    {
        T* found = nullptr;
        (void)QTest::qWaitFor([&] { return (found = qobject_cast<T*>(findVisible(name))) != nullptr; }, timeout);
        if (found == nullptr)
            QTest::qFail(qPrintable(QStringLiteral("no visible widget is called %1").arg(name)), __FILE__, __LINE__);
        return found;
    }
    template <typename T = QWidget>
    [[nodiscard]] static T* find(QLatin1StringView name, int timeout = 10'000) { return find<T>(QString(name), timeout); }

    [[nodiscard]] static bool isVisible(const QString& name) { return findVisible(name) != nullptr; }
    [[nodiscard]] static bool isVisible(QLatin1StringView name) { return isVisible(QString(name)); }

    /// A click in the middle of the widget, once it is enabled.
    [[nodiscard]] static bool click(const QString& name);
    [[nodiscard]] static bool click(QLatin1StringView name) { return click(QString(name)); }
    [[nodiscard]] static bool type(QLatin1StringView name, const QString& text);
    [[nodiscard]] static QString text(QLatin1StringView name);

    [[nodiscard]] int rows();
    [[nodiscard]] bool selectRow(const QString& tokenName);

    /// An entry of the profile card's menu, by the name of its action.
    [[nodiscard]] bool chooseInProfileMenu(const QString& action);
    [[nodiscard]] bool switchTo(const QString& profileId);
    /// Adds an account by clicking and typing, and waits until it is the one that is shown.
    [[nodiscard]] bool addAccount(const QString& name, const QString& apiBase, const QString& apiToken, const QString& accountId);

    /// Creates a token by clicking, keeps it (or not), and leaves the dialog on the copy-once page.
    [[nodiscard]] bool createToken(const QString& name, bool keep = true);
    [[nodiscard]] bool closeSecretPage();

private:
    [[nodiscard]] static QWidget* findVisible(const QString& name);

    QString m_dataDirectory;
    latchkey::SystemClock m_clock;
    latchkey::SystemRandom m_random;
    std::unique_ptr<latchkey::app::Desktop> m_desktop;
};

/// Runs a script of tests/support in this session; false when it fails.
[[nodiscard]] bool runSupport(const QString& script, const QStringList& arguments = {});

/// One HTTP request, waited for while the app's event loop runs. Status 0: no answer.
struct HttpAnswer {
    int status = 0;
    QByteArray body;
    QByteArray reason;   ///< Latchkey-Reason
};
[[nodiscard]] HttpAnswer httpGet(const QUrl& url, const QByteArray& clientId = {}, const QByteArray& secret = {});
