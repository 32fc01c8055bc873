// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "AppUnderTest.h"

#include <QAction>
#include <QApplication>
#include <QMenu>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QProcess>
#include <QSignalSpy>

using namespace latchkey;
namespace names = latchkey::ui::names;

AppUnderTest::AppUnderTest(const QTemporaryDir& directory)
    : m_dataDirectory(directory.filePath(QStringLiteral("agent")))
{
    app::Desktop::Options options;
    options.agent.program = QStringLiteral(LATCHKEY_BIN_DIR "/latchkey-agent");
    options.agent.dataDirectory = m_dataDirectory;
    options.agent.serveArguments = {QStringLiteral("--api"), QStringLiteral("127.0.0.1:0"), QStringLiteral("--edge"), QStringLiteral("127.0.0.1:0")};
    options.settingsFile = directory.filePath(QStringLiteral("settings.ini"));
    m_desktop = std::make_unique<app::Desktop>(*qApp, std::move(options), m_clock, m_random);
}

AppUnderTest::~AppUnderTest()
{
    QSignalSpy stopped(&m_desktop->supervisor(), &app::AgentSupervisor::stopped);
    m_desktop->quit();
    if (stopped.isEmpty())
        stopped.wait(10'000);
    m_desktop.reset();
}

void AppUnderTest::start()
{
    m_desktop->start();
}

bool AppUnderTest::waitUntilReady()
{
    return QTest::qWaitFor([this] {
        return supervisor().client() != nullptr && !isVisible(names::loadingPage)
            && (isVisible(names::emptyPage) || isVisible(names::tokenTable));
    }, 30'000);
}

QWidget* AppUnderTest::findVisible(const QString& name)
{
    // The newest window first: a dialog above another of its kind.
    const QWidgetList windows = QApplication::topLevelWidgets();
    for (auto window = windows.crbegin(); window != windows.crend(); ++window) {
        if (!(*window)->isVisible())
            continue;
        if ((*window)->objectName() == name)
            return *window;
        for (QWidget* widget : (*window)->findChildren<QWidget*>(name)) {
            if (widget->isVisible())
                return widget;
        }
    }
    return nullptr;
}

bool AppUnderTest::click(const QString& name)
{
    auto* widget = find<QWidget>(name);
    if (widget == nullptr || !QTest::qWaitFor([widget = QPointer(widget)] { return widget && widget->isEnabled(); }, 10'000))
        return false;
    QTest::mouseClick(widget, Qt::LeftButton);
    return true;
}

bool AppUnderTest::type(QLatin1StringView name, const QString& text)
{
    auto* field = find<QLineEdit>(name);
    if (field == nullptr)
        return false;
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, text);
    return field->text() == text;
}

QString AppUnderTest::text(QLatin1StringView name)
{
    QWidget* widget = find<QWidget>(name);
    // A label that shows less for want of room tells screen readers all of it, and us.
    if (auto* label = qobject_cast<QLabel*>(widget))
        return label->accessibleName().isEmpty() ? label->text() : label->accessibleName();
    if (auto* field = qobject_cast<QLineEdit*>(widget))
        return field->text();
    if (auto* button = qobject_cast<QAbstractButton*>(widget))
        return button->text();
    return widget != nullptr ? widget->property("text").toString() : QString();
}

int AppUnderTest::rows()
{
    const auto* table = window().findChild<QTableView*>(QString(names::tokenTable));
    return table != nullptr ? table->model()->rowCount() : -1;
}

bool AppUnderTest::selectRow(const QString& tokenName)
{
    auto* table = find<QTableView>(names::tokenTable);
    if (table == nullptr)
        return false;
    const auto indexOf = [&]() -> QModelIndex {
        for (int row = 0; row < table->model()->rowCount(); ++row) {
            for (int column = 0; column < table->model()->columnCount(); ++column) {
                if (table->model()->index(row, column).data().toString() == tokenName)
                    return table->model()->index(row, column);
            }
        }
        return {};
    };
    if (!QTest::qWaitFor([&] { return indexOf().isValid(); }, 10'000))
        return false;
    QTest::mouseClick(table->viewport(), Qt::LeftButton, Qt::NoModifier, table->visualRect(indexOf()).center());
    return QTest::qWaitFor([&] { return isVisible(names::detailsTitle) && text(names::detailsTitle) == tokenName; }, 5'000);
}

bool AppUnderTest::chooseInProfileMenu(const QString& action)
{
    if (!click(names::profileCard))
        return false;
    auto* menu = find<QMenu>(names::profileMenu);
    QAction* chosen = nullptr;
    for (QAction* each : menu != nullptr ? menu->actions() : QList<QAction*>()) {
        if (each->objectName() == action)
            chosen = each;
    }
    if (chosen == nullptr || !chosen->isVisible() || !chosen->isEnabled())
        return false;
    QTest::mouseClick(menu, Qt::LeftButton, Qt::NoModifier, menu->actionGeometry(chosen).center());
    return QTest::qWaitFor([menu] { return !menu->isVisible(); }, 5'000);
}

bool AppUnderTest::switchTo(const QString& profileId)
{
    return chooseInProfileMenu(names::profileAction(profileId)) && window().profile().id == profileId;
}

bool AppUnderTest::addAccount(const QString& name, const QString& apiBase, const QString& apiToken, const QString& accountId)
{
    if (!click(names::navAddAccount) || !type(names::profileEditName, name) || !type(names::profileToken, apiToken) || !type(names::profileAccountId, accountId)
        || !click(names::profileAdvanced) || !type(names::profileApiBase, apiBase) || !click(names::profileSave))
        return false;
    return QTest::qWaitFor([&] { return !isVisible(names::profileDialog) && window().profile().name == name; }, 20'000);
}

bool AppUnderTest::createToken(const QString& name, bool keep)
{
    if (!click(isVisible(names::emptyCreate) ? names::emptyCreate : names::createToken) || !type(names::createName, name))
        return false;
    auto* box = find<QAbstractButton>(names::createKeep);
    if (box == nullptr)
        return false;
    if (box->isChecked() != keep)
        QTest::keyClick(box, Qt::Key_Space);
    if (box->isChecked() != keep || !click(names::createSubmit))
        return false;
    return find(names::secretPage) != nullptr;
}

bool AppUnderTest::closeSecretPage()
{
    return click(names::secretDone) && QTest::qWaitFor([] { return !isVisible(names::createDialog); }, 5'000);
}

bool runSupport(const QString& script, const QStringList& arguments)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedChannels);
    process.start(QStringLiteral(LATCHKEY_SOURCE_DIR "/tests/support/") + script, arguments);
    return process.waitForFinished(20'000) && process.exitCode() == 0;
}

HttpAnswer httpGet(const QUrl& url, const QByteArray& clientId, const QByteArray& secret)
{
    QNetworkAccessManager network;
    QNetworkRequest request(url);
    if (!clientId.isEmpty())
        request.setRawHeader("CF-Access-Client-Id", clientId);
    if (!secret.isEmpty())
        request.setRawHeader("CF-Access-Client-Secret", secret);
    const std::unique_ptr<QNetworkReply> reply(network.get(request));
    QSignalSpy finished(reply.get(), &QNetworkReply::finished);
    if (!reply->isFinished())
        finished.wait(10'000);
    return {reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), reply->readAll(), reply->rawHeader("Latchkey-Reason")};
}
