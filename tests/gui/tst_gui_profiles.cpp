// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// Two profiles side by side, by mouse and keyboard: the local agent, and a second real agent that stands in for
// Cloudflare. An account is added, tried, edited and removed; switching never mixes what belongs to one and the other.
#include "AppUnderTest.h"
#include "StandIn.h"
#include "TestProgram.h"

#include "ui/TokenModel.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QMenu>
#include <QProcess>

namespace tst_gui_profiles {

using namespace latchkey;
using namespace Qt::StringLiterals;
namespace names = latchkey::ui::names;

class TestProfiles final : public QObject {
    Q_OBJECT

    /// The names in the table, in the order of the alphabet.
    static QStringList shownNames(AppUnderTest& app)
    {
        QStringList result;
        const ui::TokenModel& model = app.window().tokenModel();
        for (std::size_t slot = 0; slot < model.index().slotCount(); ++slot) {
            if (const access::ServiceToken* token = model.index().tokenIn(slot))
                result << QString::fromStdString(token->name);
        }
        result.sort();
        return result;
    }

    static QByteArray keychainHas(const QString& what)
    {
        QProcess search;
        search.setProcessChannelMode(QProcess::MergedChannels);
        search.start(u"sh"_s, {u"-c"_s, u"secret-tool search --all server org.latchkey.Latchkey 2>&1 | grep -v '^secret'"_s});
        search.waitForFinished();
        const QByteArray all = search.readAll();
        return all.contains(what.toUtf8()) ? all : QByteArray();
    }

    static QString onlyAccount(AppUnderTest& app)
    {
        const auto& profiles = app.profiles().accounts().profiles();
        return profiles.size() == 1 ? QString::fromStdString(profiles.front().id) : QString();
    }

private Q_SLOTS:
    void anAccountIsAddedTriedAndShown()
    {
        QTemporaryDir directory;
        StandIn cloud;
        QVERIFY(cloud.isReady());
        QVERIFY(cloud.create("cloud-one"));
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        QVERIFY(app.createToken(u"local-one"_s));
        QTRY_VERIFY(app.text(names::secretKeepState).contains(u"kept"_s, Qt::CaseInsensitive));
        QTest::keyClick(app.find(names::secretStored), Qt::Key_Space);
        QVERIFY(app.closeSecretPage());

        QVERIFY(app.click(names::navAddAccount));
        QVERIFY(app.type(names::profileEditName, u"Production"_s));
        QVERIFY(app.type(names::profileToken, u"wrong-token"_s));
        QVERIFY(app.click(names::profileAdvanced));
        QVERIFY(app.type(names::profileApiBase, cloud.api().toString()));
        QVERIFY(app.click(names::profileTest));
        auto* findings = app.find(names::profileFindings);
        QVERIFY(findings != nullptr);
        QTRY_VERIFY(findings->accessibleDescription().contains(u"not accepted"_s));

        // The right one: its account comes with it.
        QVERIFY(app.type(names::profileToken, cloud.apiToken()));
        QVERIFY(app.click(names::profileTest));
        QTRY_VERIFY(findings->isVisible() && findings->accessibleDescription().contains(u"The API token works."_s));
        QVERIFY(findings->accessibleDescription().contains(u"It may create, change and delete service tokens."_s));
        QCOMPARE(app.find<QComboBox>(names::profileAccount)->currentData().toString(), cloud.accountId());
        QTest::keyClick(app.find<QCheckBox>(names::profileIsProduction), Qt::Key_Space);
        QVERIFY(app.click(names::profileSave));
        QTRY_VERIFY(!app.isVisible(names::profileDialog));

        // It is shown at once, with nothing of the agent's.
        QTRY_COMPARE_WITH_TIMEOUT(shownNames(app), QStringList{u"cloud-one"_s}, 10'000);
        QVERIFY(app.window().windowTitle().contains(u"PRODUCTION"_s));
        QVERIFY(app.isVisible(names::profileStripe));
        QVERIFY(app.isVisible(names::profileProduction));
        QVERIFY(!app.text(names::profileState).contains(u"127.0.0.1"_s));   // the agent's address is none of it
        const QString id = onlyAccount(app);
        QVERIFY(!id.isEmpty());
        QVERIFY(!keychainHas(u"profile/%1/api-token"_s.arg(id)).isEmpty());
        // Never in the settings.
        QFile settings(directory.filePath(u"settings.ini"_s));
        QVERIFY(settings.open(QIODevice::ReadOnly));
        const QByteArray written = settings.readAll();
        QVERIFY(written.contains("Production"));
        QVERIFY(!written.contains(cloud.apiToken().toLatin1()));

        QVERIFY(app.switchTo({}));
        QTRY_COMPARE(shownNames(app), QStringList{u"local-one"_s});
        QVERIFY(!app.isVisible(names::profileStripe));
    }

    void workIsDoneInTheProfileThatIsShown()
    {
        QTemporaryDir directory;
        StandIn cloud;
        QVERIFY(cloud.isReady());
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        QVERIFY(app.addAccount(u"Cloud"_s, cloud.api().toString(), cloud.apiToken(), cloud.accountId()));
        QTRY_VERIFY(app.isVisible(names::emptyPage));

        QVERIFY(app.createToken(u"made-there"_s));
        QTRY_VERIFY(app.text(names::secretKeepState).contains(u"kept"_s, Qt::CaseInsensitive));
        QVERIFY(app.click(names::secretCopy(ui::CopyKind::clientSecret)));
        QTRY_VERIFY(QGuiApplication::clipboard()->text().startsWith(u"cfast_"_s));
        const QString secret = QGuiApplication::clipboard()->text();
        // The command to try it asks an example: which host the account's edge protects is not known, and it is not the agent's.
        QVERIFY(app.click(names::secretCopy(ui::CopyKind::curl)));
        QTRY_VERIFY(QGuiApplication::clipboard()->text().startsWith(u"curl 'https://app.example.com/'"_s));
        QVERIFY(app.closeSecretPage());
        QCOMPARE(cloud.names(), QStringList{u"made-there"_s});
        const QString id = onlyAccount(app);
        QVERIFY(!keychainHas(u"profile/%1/client-secret/"_s.arg(id)).isEmpty());

        // The agent has neither the token nor its secret.
        QVERIFY(app.switchTo({}));
        QTRY_VERIFY(app.isVisible(names::emptyPage));
        QVERIFY(shownNames(app).isEmpty());

        // Back: at once, what was last known; and the kept secret is this profile's.
        QVERIFY(app.switchTo(id));
        QCOMPARE(shownNames(app), QStringList{u"made-there"_s});
        QVERIFY(app.selectRow(u"made-there"_s));
        QGuiApplication::clipboard()->clear();
        QVERIFY(app.click(names::copySecret));
        QTRY_COMPARE(QGuiApplication::clipboard()->text(), secret);

        // Deleting names the account; used a moment ago it was not, but the question says where.
        QVERIFY(app.click(names::deleteToken));
        auto* dialog = app.find(names::deleteDialog);
        QVERIFY(dialog != nullptr);
        const auto labels = dialog->findChildren<QLabel*>();
        QVERIFY(std::ranges::any_of(labels, [](const QLabel* label) { return label->text().contains(u"In Cloud ("_s); }));
        QVERIFY(app.click(names::batchStart));
        QTRY_VERIFY_WITH_TIMEOUT(cloud.names().isEmpty(), 10'000);
        QTRY_VERIFY(app.isVisible(names::emptyPage));
        QTRY_VERIFY(keychainHas(u"profile/%1/client-secret/"_s.arg(id)).isEmpty());
    }

    void aReplyThatBelongsToAnotherProfileIsDropped()
    {
        QTemporaryDir directory;
        StandIn cloud;
        QVERIFY(cloud.isReady());
        QVERIFY(cloud.create("cloud-one"));
        Gateway gateway(cloud.api());
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        QVERIFY(app.addAccount(u"Cloud"_s, gateway.base(), cloud.apiToken(), cloud.accountId()));
        QTRY_COMPARE(shownNames(app), QStringList{u"cloud-one"_s});
        const QString id = onlyAccount(app);

        // There and away again, faster than it answers: the list it sends is nobody's.
        QVERIFY(app.switchTo({}));
        QTRY_VERIFY(app.isVisible(names::emptyPage));
        QVERIFY(cloud.create("cloud-two"));
        for (int i = 0; i < 5; ++i) {
            gateway.forgetRequests();
            QVERIFY(app.switchTo(id));
            QTRY_VERIFY(gateway.count("GET", "/access/service_tokens") > 0);   // it is under way
            QVERIFY(app.switchTo({}));
            QVERIFY(shownNames(app).isEmpty());
        }
        QVERIFY(app.createToken(u"local-one"_s));   // by then they have all come
        QTest::keyClick(app.find(names::secretStored), Qt::Key_Space);
        QVERIFY(app.closeSecretPage());
        QCOMPARE(shownNames(app), QStringList{u"local-one"_s});
        QVERIFY(app.switchTo(id));
        QTRY_COMPARE(shownNames(app), (QStringList{u"cloud-one"_s, u"cloud-two"_s}));
    }

    void aRemovedProfileLeavesNothingBehind()
    {
        QTemporaryDir directory;
        StandIn cloud;
        QVERIFY(cloud.isReady());
        QString id;
        {
            AppUnderTest app(directory);
            app.start();
            QVERIFY(app.waitUntilReady());
            QVERIFY(app.addAccount(u"Cloud"_s, cloud.api().toString(), cloud.apiToken(), cloud.accountId()));
            QTRY_VERIFY(app.isVisible(names::emptyPage));
            QVERIFY(app.createToken(u"kept-there"_s));
            QTRY_VERIFY(app.text(names::secretKeepState).contains(u"kept"_s, Qt::CaseInsensitive));
            QTest::keyClick(app.find(names::secretStored), Qt::Key_Space);
            QVERIFY(app.closeSecretPage());
            id = onlyAccount(app);
        }
        // The next start shows what was shown last, with the token from the keychain.
        AppUnderTest app(directory);
        app.start();
        QTRY_COMPARE_WITH_TIMEOUT(shownNames(app), QStringList{u"kept-there"_s}, 20'000);
        QVERIFY(!keychainHas(u"profile/"_s + id).isEmpty());
        QVERIFY(app.chooseInProfileMenu(u"actionRemoveProfile"_s));
        QVERIFY(app.click(names::confirmYes));
        QTRY_VERIFY(app.profiles().accounts().profiles().empty());
        QTRY_VERIFY(app.isVisible(names::emptyPage));
        QVERIFY(app.profiles().showsAgent());
        QVERIFY(keychainHas(u"profile/"_s + id).isEmpty());
        QCOMPARE(cloud.names(), QStringList{u"kept-there"_s});   // nothing changed there
    }

    void anAccountWaitsForALockedKeychainAndComesWithIt()
    {
        QTemporaryDir directory;
        StandIn cloud;
        QVERIFY(cloud.isReady());
        QVERIFY(cloud.create("cloud-one"));
        {
            AppUnderTest app(directory);
            app.start();
            QVERIFY(app.waitUntilReady());
            QVERIFY(app.addAccount(u"Cloud"_s, cloud.api().toString(), cloud.apiToken(), cloud.accountId()));
            QTRY_COMPARE(shownNames(app), QStringList{u"cloud-one"_s});
        }
        QVERIFY(runSupport(u"keyring-lock"_s));
        {
            // Nothing asks for a password at a start; what is wrong is said where the list would be.
            AppUnderTest app(directory);
            app.start();
            QVERIFY(app.find(names::errorPage, 20'000) != nullptr);
            QVERIFY(app.isVisible(names::banner(ui::BannerKind::keychainLocked)));
            QVERIFY(shownNames(app).isEmpty());
            QVERIFY(runSupport(u"keyring-unlock"_s));
            QVERIFY(app.click(names::bannerAction(ui::BannerKind::keychainLocked)));
            QTRY_COMPARE_WITH_TIMEOUT(shownNames(app), QStringList{u"cloud-one"_s}, 30'000);
            QTRY_VERIFY(!app.isVisible(names::banner(ui::BannerKind::keychainLocked)));
        }
    }

    void theEnvironmentsTokenIsOfferedOnceAndUsedWhenAskedFor()
    {
        StandIn cloud;
        QVERIFY(cloud.isReady());
        QVERIFY(cloud.create("cloud-one"));
        qputenv("CLOUDFLARE_API_TOKEN", cloud.apiToken().toLatin1());
        qputenv("CLOUDFLARE_ACCOUNT_ID", cloud.accountId().toLatin1());
        const auto unset = qScopeGuard([] {
            qunsetenv("CLOUDFLARE_API_TOKEN");
            qunsetenv("CLOUDFLARE_ACCOUNT_ID");
        });
        QTemporaryDir directory;
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        QVERIFY(app.isVisible(names::banner(ui::BannerKind::environmentToken)));
        QVERIFY(app.click(names::bannerAction(ui::BannerKind::environmentToken)));
        QVERIFY(app.type(names::profileEditName, u"From outside"_s));
        QCOMPARE(app.text(names::profileAccountId), cloud.accountId());
        QVERIFY(app.text(names::profileToken).isEmpty());
        QVERIFY(app.click(names::profileAdvanced));
        QVERIFY(app.type(names::profileApiBase, cloud.api().toString()));
        QVERIFY(app.click(names::profileSave));
        QTRY_COMPARE_WITH_TIMEOUT(shownNames(app), QStringList{u"cloud-one"_s}, 10'000);
        QVERIFY(!app.isVisible(names::banner(ui::BannerKind::environmentToken)));
        QVERIFY(!keychainHas(u"profile/%1/api-token"_s.arg(onlyAccount(app))).isEmpty());

        QTemporaryDir other;
        {
            AppUnderTest first(other);
            first.start();
            QVERIFY(first.waitUntilReady());
            QVERIFY(first.isVisible(names::banner(ui::BannerKind::environmentToken)));
        }
        AppUnderTest second(other);
        second.start();
        QVERIFY(second.waitUntilReady());
        QVERIFY(!second.isVisible(names::banner(ui::BannerKind::environmentToken)));
    }

    void anEditedProfileIsConnectedToAnew()
    {
        QTemporaryDir directory;
        StandIn first;
        StandIn second("fedcba9876543210fedcba9876543210", "another-token-0123456789abcdef01");
        QVERIFY(first.isReady() && second.isReady());
        QVERIFY(first.create("in-the-first"));
        QVERIFY(second.create("in-the-second"));
        AppUnderTest app(directory);
        app.start();
        QVERIFY(app.waitUntilReady());
        QVERIFY(app.addAccount(u"Cloud"_s, first.api().toString(), first.apiToken(), first.accountId()));
        QTRY_COMPARE(shownNames(app), QStringList{u"in-the-first"_s});
        QVERIFY(app.chooseInProfileMenu(u"actionEditProfile"_s));
        QVERIFY(app.type(names::profileApiBase, second.api().toString()));
        // The kept token is not the other's: it is tried, and told.
        QVERIFY(app.click(names::profileTest));
        QTRY_VERIFY(app.find(names::profileFindings)->accessibleDescription().contains(u"not accepted"_s));
        QVERIFY(app.type(names::profileToken, second.apiToken()));
        auto* accounts = app.find<QComboBox>(names::profileAccount);
        QVERIFY(accounts != nullptr);
        QVERIFY(app.click(names::profileTest));
        QTRY_VERIFY(accounts->findData(second.accountId()) >= 0);
        accounts->setCurrentIndex(accounts->findData(second.accountId()));
        QVERIFY(app.click(names::profileSave));
        QTRY_VERIFY(!app.isVisible(names::profileDialog));
        QTRY_COMPARE(shownNames(app), QStringList{u"in-the-second"_s});
    }
};

LATCHKEY_WIDGET_TEST(TestProfiles)

} // namespace tst_gui_profiles

#include "tst_gui_profiles.moc"
