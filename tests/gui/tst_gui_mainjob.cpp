// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// The main job by mouse and keyboard: create a token, see that it is kept, use it against a service behind the edge,
// refresh it, delete it; and the rules of the page that shows a secret once.
#include "AppUnderTest.h"
#include "TestProgram.h"

#include <QApplication>
#include <QClipboard>
#include <QProcess>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTcpServer>
#include <QTcpSocket>

namespace tst_gui_mainjob {

using namespace latchkey;
using namespace Qt::StringLiterals;
namespace names = latchkey::ui::names;

namespace {

/// A service that answers 200 and keeps the head of its last request.
class SmallService final : public QTcpServer {
public:
    SmallService()
    {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, [this] {
            QTcpSocket* socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
                m_buffer += socket->readAll();
                const auto end = m_buffer.indexOf("\r\n\r\n");
                if (end < 0)
                    return;
                lastHead = m_buffer.left(end + 2);
                m_buffer.clear();
                socket->write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            });
            connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        });
    }
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(serverPort()); }
    QByteArray lastHead;

private:
    QByteArray m_buffer;
};

QByteArray clipboard()
{
    return QGuiApplication::clipboard()->text().toUtf8();
}

} // namespace

class TestMainJob final : public QObject {
    Q_OBJECT

    /// Every piece of text that the app's widgets show or tell a screen reader.
    static QByteArray everyVisibleText()
    {
        QByteArray all;
        for (const QWidget* widget : QApplication::allWidgets()) {
            for (const char* property : {"text", "placeholderText", "title", "windowTitle", "toolTip", "accessibleName", "accessibleDescription"})
                all += widget->property(property).toString().toUtf8() + '\n';
        }
        return all;
    }

    /// What the Secret Service has under our service name: attributes, not secrets.
    static QByteArray keychainEntries()
    {
        QProcess search;
        search.setProcessChannelMode(QProcess::MergedChannels);
        search.start(u"sh"_s, {u"-c"_s, u"secret-tool search --all server org.latchkey.Latchkey 2>&1 | grep -v '^secret'"_s});
        search.waitForFinished();
        return search.readAll();
    }

    static std::optional<access::Application> protect(AppUnderTest& app, const std::string& upstream)
    {
        access::Application wanted;
        wanted.name = "Service";
        wanted.upstream = upstream;
        access::Policy policy;
        policy.name = "tokens";
        policy.decision = access::PolicyDecision::nonIdentity;
        policy.include.emplace_back(access::AnyValidServiceTokenRule{});
        wanted.policies.push_back(policy);
        std::optional<Result<access::Application>> created;
        app.supervisor().client()->createApplication(wanted, [&](Result<access::Application> result) { created = std::move(result); });
        (void)QTest::qWaitFor([&] { return created.has_value(); });
        return created && *created ? std::optional(**created) : std::nullopt;
    }

private Q_SLOTS:
    void fromTheFirstTokenToItsEnd()
    {
        QTemporaryDir directory;
        SmallService service;
        QByteArray clientId;
        QByteArray secret;
        {
            AppUnderTest app(directory);
            app.start();
            QVERIFY(app.waitUntilReady());
            QVERIFY(app.isVisible(names::emptyPage));

            // Create: the secret is in the keychain before the page says so, and is copied once.
            QVERIFY(app.createToken(u"grafana-prod"_s));
            QTRY_VERIFY(app.text(names::secretKeepState).contains(u"kept"_s, Qt::CaseInsensitive));
            QVERIFY(app.click(names::secretCopy(ui::CopyKind::clientSecret)));
            QTRY_VERIFY(clipboard().startsWith("cfast_"));
            secret = clipboard();
            QCOMPARE(secret.size(), 54);
            QVERIFY(app.isVisible(names::secretCountdown));
            QVERIFY2(!everyVisibleText().contains(secret), "a widget holds the masked secret as text");
            QVERIFY(app.click(names::secretCopy(ui::CopyKind::clientId)));
            QTRY_VERIFY(clipboard().endsWith(".access"));
            clientId = clipboard();
            QVERIFY(app.closeSecretPage());
            QVERIFY(!everyVisibleText().contains(secret));

            // List.
            QCOMPARE(app.rows(), 1);
            QVERIFY(app.selectRow(u"grafana-prod"_s));
            QVERIFY(app.text(names::detailsSecret).contains(u"keychain"_s));

            // Use, through the application's own port.
            const auto application = protect(app, service.url());
            QVERIFY(application && application->port);
            const QUrl address(u"http://127.0.0.1:%1/hello"_s.arg(*application->port));
            QCOMPARE(httpGet(address).status, 401);
            QCOMPARE(httpGet(address).reason, QByteArray("missing_credentials"));
            QCOMPARE(httpGet(address, clientId, "cfast_wrong").status, 401);
            QCOMPARE(httpGet(address, clientId, secret).status, 200);
            QVERIFY(service.lastHead.toLower().contains("\r\ncf-access-jwt-assertion: ey"));
            QVERIFY(!service.lastHead.contains(secret));
        }
        // After a restart the secret comes from the keychain only.
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        QVERIFY(app.selectRow(u"grafana-prod"_s));
        QGuiApplication::clipboard()->clear();
        QVERIFY(app.click(names::copySecret));
        QTRY_COMPARE(clipboard(), secret);

        // Refresh: the end before and after.
        QVERIFY(app.click(names::refreshToken));
        QVERIFY(app.find(names::refreshDialog) != nullptr);
        QVERIFY(app.click(names::batchStart));
        QTRY_COMPARE_WITH_TIMEOUT(app.text(names::batchCancel), u"Done"_s, 10'000);
        QVERIFY(app.click(names::batchCancel));
        QTRY_VERIFY(!app.isVisible(names::refreshDialog));

        // Delete: it was used just now, so its name has to be typed.
        QVERIFY(app.click(names::reload));
        QTRY_VERIFY_WITH_TIMEOUT(!app.text(names::detailsLastSeen).contains(u"Never"_s), 10'000);
        QVERIFY(app.click(names::deleteToken));
        QVERIFY(app.find(names::deleteDialog) != nullptr);
        auto* start = app.find<QAbstractButton>(names::batchStart);
        QVERIFY(start != nullptr);
        QVERIFY(!start->isEnabled());
        QVERIFY(app.type(names::deleteTyped, u"grafana-prod"_s));
        QVERIFY(app.click(names::batchStart));
        QTRY_COMPARE_WITH_TIMEOUT(app.rows(), 0, 10'000);
        QTRY_VERIFY(app.isVisible(names::emptyPage));

        // The keychain entry went with it; the agent's own are still there.
        QTRY_VERIFY(!keychainEntries().contains("client-secret"));
        QVERIFY(keychainEntries().contains("api-token"));
        const auto* agent = app.supervisor().agent();
        QVERIFY(agent != nullptr);
        // The app is told of it a moment after the keychain has done it.
        const auto kept = [&] {
            return app::Preferences(directory.filePath(u"settings.ini"_s)).keptSecrets(QString::fromStdString(agent->agentId));
        };
        QTRY_VERIFY(kept().isEmpty());
    }

    void theSecretPageLetsNobodyGoWithoutAChoice()
    {
        QTemporaryDir directory;
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        QVERIFY(app.createToken(u"unkept"_s, false));
        auto* done = app.find<QAbstractButton>(names::secretDone);
        QVERIFY(done != nullptr);
        QVERIFY(!done->isEnabled());

        // Closing early asks; staying keeps the page.
        QTest::keyClick(app.find(names::createDialog), Qt::Key_Escape);
        QVERIFY(app.find(names::confirmDialog) != nullptr);
        QVERIFY(app.click(names::confirmNo));
        QVERIFY(app.isVisible(names::secretPage));
        QVERIFY(!done->isEnabled());

        // Saying that it is stored opens Done.
        QTest::keyClick(app.find(names::secretStored), Qt::Key_Space);
        QTRY_VERIFY(done->isEnabled());
        QVERIFY(app.closeSecretPage());
        QVERIFY(app.selectRow(u"unkept"_s));
        QVERIFY(!app.isVisible(names::copySecret));
    }

    void theNameIsCheckedAsItIsTyped()
    {
        QTemporaryDir directory;
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        QVERIFY(app.click(names::emptyCreate));
        QVERIFY(app.type(names::createName, u"   "_s));
        QVERIFY(app.click(names::createSubmit));
        QVERIFY(app.text(names::createNameHint).contains(u"Enter a name"_s));
        QVERIFY(app.type(names::createName, QString(256, u'x')));
        QVERIFY(app.text(names::createNameHint).contains(u"255"_s));
        QVERIFY(app.click(names::createSubmit));
        QVERIFY(!app.isVisible(names::secretPage));
        QVERIFY(app.type(names::createName, u"ci"_s));
        QVERIFY(!app.text(names::createNameHint).contains(u"255"_s));
        QTest::keyClick(app.find(names::createDialog), Qt::Key_Escape);
        QTRY_VERIFY(!app.isVisible(names::createDialog));
        QCOMPARE(app.rows(), 0);
    }
};

LATCHKEY_WIDGET_TEST(TestMainJob)

} // namespace tst_gui_mainjob

#include "tst_gui_mainjob.moc"
