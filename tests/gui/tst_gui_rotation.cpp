// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// A secret's change by mouse and keyboard, against a real agent, a real keychain and a service behind the edge: rotated
// with a grace period in which both secrets are accepted, ended early; guided through its consumers, and gone on with
// after the app was closed at each step.
#include "AppUnderTest.h"
#include "TestProgram.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QTableWidget>
#include <QTcpServer>
#include <QTcpSocket>

namespace tst_gui_rotation {

using namespace latchkey;
using namespace Qt::StringLiterals;
namespace names = latchkey::ui::names;

namespace {

/// A service that answers every request with 200.
class PlainService final : public QTcpServer {
public:
    PlainService()
    {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, [this] {
            QTcpSocket* socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [socket] {
                if (socket->readAll().contains("\r\n\r\n"))
                    socket->write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            });
            connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        });
    }
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(serverPort()); }
};

QByteArray clipboardText()
{
    return QGuiApplication::clipboard()->text().toUtf8();
}

QByteArray contents(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestRotation final : public QObject {
    Q_OBJECT

    struct Credentials {
        QByteArray clientId;
        QByteArray secret;
    };

    static std::optional<QUrl> protect(AppUnderTest& app, const std::string& upstream)
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
        if (!created || !*created || !(*created)->port)
            return std::nullopt;
        return QUrl(u"http://127.0.0.1:%1/hello"_s.arg(*(*created)->port));
    }

    /// Creates a token that is kept, and takes its credentials from the copy-once page.
    static std::optional<Credentials> create(AppUnderTest& app, const QString& name)
    {
        if (!app.createToken(name) || !QTest::qWaitFor([&] { return app.text(names::secretKeepState).contains(u"kept"_s, Qt::CaseInsensitive); }, 10'000))
            return std::nullopt;
        Credentials made;
        if (!app.click(names::secretCopy(ui::CopyKind::clientSecret)))
            return std::nullopt;
        made.secret = clipboardText();
        if (!app.click(names::secretCopy(ui::CopyKind::clientId)))
            return std::nullopt;
        made.clientId = clipboardText();
        if (!app.closeSecretPage() || !app.selectRow(name))
            return std::nullopt;
        return made;
    }

    static bool choose(QLatin1StringView name, const QVariant& data)
    {
        auto* box = AppUnderTest::find<QComboBox>(name);
        if (!box || box->findData(data) < 0)
            return false;
        box->setCurrentIndex(box->findData(data));
        return true;
    }

    static bool planOneCommand(const QString& command, const QUrl& url)
    {
        return AppUnderTest::type(names::consumerName, u"Grafana"_s) && choose(names::consumerKind, static_cast<int>(ui::Consumer::Kind::command))
            && AppUnderTest::type(names::consumerCommand, command) && AppUnderTest::type(names::guidedUrl, url.toString()) && AppUnderTest::click(names::guidedBegin);
    }

    static void trigger(AppUnderTest& app, const char* action)
    {
        auto* found = app.window().findChild<QAction*>(QLatin1String(action));
        QVERIFY(found);
        QVERIFY(found->isEnabled());
        found->trigger();
    }

    static QString indexed(QLatin1StringView name, int index) { return QString(name) + QString::number(index); }

private Q_SLOTS:
    void bothSecretsOpenUntilThePreviousOneIsEnded()
    {
        QTemporaryDir directory;
        PlainService service;
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        const auto old = create(app, u"grafana-prod"_s);
        QVERIFY(old);
        const auto url = protect(app, service.url());
        QVERIFY(url);
        QCOMPARE(httpGet(*url, old->clientId, old->secret).status, 200);

        QVERIFY(app.click(names::rotateToken));
        QVERIFY(app.find(names::rotateDialog));
        QVERIFY(app.text(names::rotateAccount).contains(u"Local agent"_s));
        QVERIFY(choose(names::graceChoice, qint64{0}));
        QVERIFY(app.text(names::graceHint).contains(u"refused"_s));
        QVERIFY(choose(names::graceChoice, qint64{86400}));
        QVERIFY(app.click(names::rotateSubmit));
        QVERIFY(app.find(names::secretPage));
        QTRY_VERIFY(app.text(names::secretKeepState).contains(u"kept"_s, Qt::CaseInsensitive));
        QVERIFY(app.click(names::secretCopy(ui::CopyKind::clientSecret)));
        const QByteArray fresh = clipboardText();
        QVERIFY(fresh.startsWith("cfast_"));
        QVERIFY(fresh != old->secret);
        QVERIFY(app.click(names::secretDone));
        QTRY_VERIFY(!app.isVisible(names::rotateDialog));

        // Both open; the countdown runs; the keychain has the new one.
        QCOMPARE(httpGet(*url, old->clientId, old->secret).status, 200);
        QCOMPARE(httpGet(*url, old->clientId, fresh).status, 200);
        QTRY_VERIFY(app.text(names::previousCountdown).contains(u"23:59"_s));
        const QString before = app.text(names::previousCountdown);
        QTRY_VERIFY(app.text(names::previousCountdown) != before);
        QGuiApplication::clipboard()->clear();
        QVERIFY(app.click(names::copySecret));
        QTRY_COMPARE(clipboardText(), fresh);

        // More time, then none.
        QVERIFY(app.click(names::previousMoreTime));
        QVERIFY(app.find(names::moreTimeDialog));
        QVERIFY(choose(names::graceChoice, qint64{7 * 86400}));
        QVERIFY(app.click(names::moreTimeSubmit));
        QTRY_VERIFY(!app.isVisible(names::moreTimeDialog));
        QTRY_VERIFY(app.text(names::previousCountdown).contains(u"6 days"_s));
        QVERIFY(app.click(names::previousEndNow));
        QVERIFY(app.click(names::confirmYes));
        QTRY_VERIFY(!app.isVisible(names::previousPanel));
        QCOMPARE(httpGet(*url, old->clientId, old->secret).status, 401);
        QCOMPARE(httpGet(*url, old->clientId, fresh).status, 200);
    }

    void disabledRenamedAndEnabledAgain()
    {
        QTemporaryDir directory;
        PlainService service;
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        const auto token = create(app, u"ci"_s);
        QVERIFY(token);
        const auto url = protect(app, service.url());
        QVERIFY(url);
        QVERIFY(app.click(names::enableToken));
        QVERIFY(app.find(names::enableDialog));
        QVERIFY(app.click(names::batchStart));
        QTRY_VERIFY(!app.isVisible(names::enableDialog));
        QCOMPARE(httpGet(*url, token->clientId, token->secret).status, 401);
        QTRY_VERIFY(app.text(names::detailsState).contains(u"Disabled"_s));

        trigger(app, "actionEdit");
        QVERIFY(app.find(names::editDialog));
        QVERIFY(!app.find<QAbstractButton>(names::editSave)->isEnabled());
        QVERIFY(app.type(names::createName, u"ci-deploy"_s));
        QVERIFY(choose(names::createDuration, u"2160h"_s));
        QVERIFY(app.click(names::editSave));
        QTRY_VERIFY(!app.isVisible(names::editDialog));
        QTRY_COMPARE(app.text(names::detailsTitle), u"ci-deploy"_s);

        QVERIFY(app.click(names::enableToken));
        QVERIFY(app.click(names::batchStart));
        QTRY_VERIFY(!app.isVisible(names::enableDialog));
        QCOMPARE(httpGet(*url, token->clientId, token->secret).status, 200);

        // All of it is in the local history, and nothing secret.
        const QByteArray history = contents(directory.filePath(u"history.jsonl"_s));
        for (const char* change : {"\"created\"", "\"disabled\"", "\"renamed\"", "\"duration_changed\"", "\"enabled\""})
            QVERIFY2(history.contains(change), change);
        QVERIFY(!history.contains("cfast_"));
    }

    void guidedFromPlanToEndInOneGo()
    {
        QTemporaryDir directory;
        PlainService service;
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        const auto old = create(app, u"grafana-prod"_s);
        QVERIFY(old);
        const auto url = protect(app, service.url());
        QVERIFY(url);
        const QString target = directory.filePath(u"delivered"_s);
        trigger(app, "actionRotateGuided");
        QVERIFY(app.find(names::guidedDialog));
        QVERIFY(planOneCommand(u"cat > '%1'"_s.arg(target), *url));
        QVERIFY(app.click(indexed(names::guidedRun, 0)));
        QVERIFY(app.click(names::guidedVerify));
        QVERIFY(app.find(names::guidedEnd));
        QVERIFY(app.text(names::guidedVerifyText).contains(u"200"_s));
        const QByteArray fresh = contents(target);
        QVERIFY(fresh.startsWith("cfast_"));
        QCOMPARE(httpGet(*url, old->clientId, old->secret).status, 200);
        QVERIFY(app.click(names::guidedEnd));
        QTRY_COMPARE_WITH_TIMEOUT(app.text(names::guidedLater), u"Done"_s, 10'000);
        QVERIFY(app.click(names::guidedLater));
        QTRY_VERIFY(!app.isVisible(names::guidedDialog));
        QVERIFY(!app.isVisible(names::unfinishedBanner));
        QCOMPARE(httpGet(*url, old->clientId, old->secret).status, 401);
        QCOMPARE(httpGet(*url, old->clientId, fresh).status, 200);
        QGuiApplication::clipboard()->clear();
        QVERIFY(app.click(names::copySecret));
        QTRY_COMPARE(clipboardText(), fresh);
    }

    /// The app ends after each step; each time it says what is unfinished, and goes on from there.
    void guidedGoesOnAfterTheAppEndedAtEachStep()
    {
        QTemporaryDir directory;
        PlainService service;
        Credentials old;
        QUrl url;
        const QString target = directory.filePath(u"delivered"_s);
        const QString record = directory.filePath(u"guided-rotations.json"_s);
        {
            AppUnderTest app(directory);
            app.start();
            QVERIFY(app.waitUntilReady());
            const auto made = create(app, u"grafana-prod"_s);
            QVERIFY(made);
            old = *made;
            const auto address = protect(app, service.url());
            QVERIFY(address);
            url = *address;
            trigger(app, "actionRotateGuided");
            QVERIFY(planOneCommand(u"cat > '%1'"_s.arg(target), url));
            QVERIFY(app.find(indexed(names::guidedRun, 0)));   // made, not delivered: ends here
        }
        QVERIFY(contents(record).contains("\"deliver\""));
        QVERIFY(!contents(record).contains("cfast_"));
        {
            AppUnderTest app(directory);
            app.start();
            QVERIFY(app.waitUntilReady());
            QVERIFY(app.click(names::unfinishedResume));
            QVERIFY(app.click(indexed(names::guidedRun, 0)));
            QVERIFY(app.find(names::guidedVerify));            // delivered, not verified
        }
        QVERIFY(contents(record).contains("\"verify\""));
        const QByteArray fresh = contents(target);
        QVERIFY(fresh.startsWith("cfast_"));
        {
            AppUnderTest app(directory);
            app.start();
            QVERIFY(app.waitUntilReady());
            QVERIFY(app.click(names::unfinishedResume));
            QVERIFY(app.click(names::guidedVerify));
            QVERIFY(app.find(names::guidedEnd));               // verified, the old one still opens
            QCOMPARE(httpGet(url, old.clientId, old.secret).status, 200);
        }
        QVERIFY(contents(record).contains("\"end_previous\""));
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        QVERIFY(app.click(names::unfinishedResume));
        QVERIFY(app.click(names::guidedEnd));
        QTRY_COMPARE_WITH_TIMEOUT(app.text(names::guidedLater), u"Done"_s, 10'000);
        QVERIFY(app.click(names::guidedLater));
        QTRY_VERIFY(!app.isVisible(names::unfinishedBanner));
        QVERIFY(!contents(record).contains("grafana-prod"));
        QCOMPARE(httpGet(url, old.clientId, old.secret).status, 401);
        QCOMPARE(httpGet(url, old.clientId, fresh).status, 200);
    }
};

LATCHKEY_WIDGET_TEST(TestRotation)

} // namespace tst_gui_rotation

#include "tst_gui_rotation.moc"
