// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// The list of Cloudflare accounts: survives a restart, holds no secret, and what it had in the keychain goes with it.
#include "agent/profiles/ProfileList.h"
#include "agent/profiles/ProfileSecrets.h"

#include "TestProgram.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

namespace tst_profile_list {

using namespace latchkey;
using namespace latchkey::profiles;
using namespace Qt::StringLiterals;

namespace {

Profile acme(const std::string& id = "9a8b7c6d-0000-4000-8000-000000000001")
{
    Profile profile;
    profile.id = id;
    profile.name = "Acme, production";
    profile.accountId = "0123456789abcdef0123456789abcdef";
    profile.accountName = "Acme GmbH & Co. KG";
    profile.caFile = "/etc/ssl/acme ca.pem";
    profile.colour = ProfileColour::red;
    profile.production = true;
    return profile;
}

} // namespace

class TestProfileList final : public QObject {
    Q_OBJECT

    QTemporaryDir m_directory;
    QString file() const { return m_directory.filePath(u"settings.ini"_s); }

    template <typename T, typename Start>
    static T waitFor(Start start)
    {
        std::optional<T> answer;
        start([&](T value) { answer = std::move(value); });
        (void)QTest::qWaitFor([&] { return answer.has_value(); });
        return answer ? std::move(*answer) : T(fail(ErrorCode::timedOut, "no answer"));
    }

private Q_SLOTS:
    void init() { QFile::remove(file()); }

    void whatIsPutIsThereAfterARestart()
    {
        Profile second = acme("9a8b7c6d-0000-4000-8000-000000000002");
        second.name = "Büro";
        second.zoneId = "fedcba9876543210fedcba9876543210";
        second.production = false;
        second.colour = ProfileColour::none;
        {
            QSettings settings(file(), QSettings::IniFormat);
            ProfileList list(settings);
            QVERIFY(list.profiles().empty());
            list.put(acme());
            list.put(second);
        }
        QSettings settings(file(), QSettings::IniFormat);
        ProfileList list(settings);
        QCOMPARE(list.profiles(), (std::vector{acme(), second}));
        QVERIFY(list.find(second.id));
        QCOMPARE(*list.findByName("Büro"), second);
        QVERIFY(!list.findByName("nobody"));
    }

    void puttingAgainReplacesAndKeepsTheOrder()
    {
        QSettings settings(file(), QSettings::IniFormat);
        ProfileList list(settings);
        list.put(acme("a"));
        list.put(acme("b"));
        Profile changed = acme("a");
        changed.name = "Renamed";
        list.put(changed);
        QCOMPARE(list.profiles().size(), std::size_t(2));
        QCOMPARE(list.profiles()[0].name, std::string("Renamed"));
        QVERIFY(!list.findByName("Acme, production") || list.findByName("Acme, production")->id == "b");
    }

    void twoOfOneNameAreNotFoundByIt()
    {
        QSettings settings(file(), QSettings::IniFormat);
        ProfileList list(settings);
        list.put(acme("a"));
        list.put(acme("b"));
        QVERIFY2(!list.findByName("Acme, production"), "which of the two is meant is not ours to guess");
    }

    void removingTakesEverySettingOfItAlong()
    {
        QSettings settings(file(), QSettings::IniFormat);
        ProfileList list(settings);
        list.put(acme("a"));
        list.put(acme("b"));
        settings.setValue(u"profiles/a/keptSecrets"_s, QStringList{u"one"_s});
        list.remove("a");
        QCOMPARE(list.profiles().size(), std::size_t(1));
        for (const QString& key : settings.allKeys())
            QVERIFY2(!key.startsWith(u"profiles/a/"_s), qPrintable(key));
        QVERIFY(settings.allKeys().contains(u"profiles/b/name"_s));
    }

    void baseUrls_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("taken");   // empty: refused
        QTest::newRow("Cloudflare's") << u"https://api.cloudflare.com/client/v4"_s << u"https://api.cloudflare.com/client/v4"_s;
        QTest::newRow("slashes and blanks around it") << u"  https://api.example.com/client/v4// "_s << u"https://api.example.com/client/v4"_s;
        QTest::newRow("an agent of this machine") << u"http://127.0.0.1:8401/client/v4"_s << u"http://127.0.0.1:8401/client/v4"_s;
        QTest::newRow("by name") << u"http://localhost:8401/client/v4"_s << u"http://localhost:8401/client/v4"_s;
        QTest::newRow("IPv6") << u"http://[::1]:8401/client/v4"_s << u"http://[::1]:8401/client/v4"_s;
        QTest::newRow("readable on its way") << u"http://api.cloudflare.com/client/v4"_s << QString();
        QTest::newRow("a loopback in its name only") << u"http://127.0.0.1.example.com/client/v4"_s << QString();
        QTest::newRow("credentials in it") << u"https://user:pass@api.example.com/"_s << QString();
        QTest::newRow("a query") << u"https://api.example.com/?a=b"_s << QString();
        QTest::newRow("no scheme") << u"api.cloudflare.com/client/v4"_s << QString();
        QTest::newRow("another scheme") << u"ftp://api.example.com"_s << QString();
        QTest::newRow("nothing") << QString() << QString();
    }

    void baseUrls()
    {
        QFETCH(QString, typed);
        QFETCH(QString, taken);
        const auto url = parseApiBase(typed.toStdString());
        QCOMPARE(url.has_value(), !taken.isEmpty());
        if (url)
            QCOMPARE(url->toString(), taken);
    }

    void whatIsMissingIsNamed()
    {
        QVERIFY(check(acme()).has_value());
        Profile profile = acme();
        profile.name.clear();
        QVERIFY(check(profile).error().message.find("name") != std::string::npos);
        profile = acme();
        profile.accountId = "0123456789ABCDEF0123456789ABCDEF";
        QVERIFY(check(profile).error().message.find("account ID") != std::string::npos);
        profile = acme();
        profile.zoneId = "example.com";
        QVERIFY(check(profile).error().message.find("zone ID") != std::string::npos);
    }

    void forgettingLeavesNothingInTheVault()
    {
        const auto vault = vault::makeVault({.kind = vault::VaultKind::memory, .directory = {}});
        const std::string id = acme().id;
        const std::vector<std::string> tokens{"t1", "t2", "t3"};
        std::vector<std::string> keys{profileTokenKey(id), "profile/other/api-token"};
        for (const std::string& token : tokens)
            keys.push_back(clientSecretKey(id, token));
        for (const std::string& key : keys)
            QVERIFY(waitFor<Result<void>>([&](auto done) { vault->write(key, SecretBytes("value"), done); }).has_value());
        QVERIFY(waitFor<Result<void>>([&](auto done) { forgetSecrets(*vault, id, tokens, done); }).has_value());
        for (const std::string& key : keys) {
            const auto left = waitFor<Result<SecretBytes>>([&](auto done) { vault->read(key, done); });
            QCOMPARE(left.has_value(), key == "profile/other/api-token");
        }
    }
};

LATCHKEY_TEST(TestProfileList)

} // namespace tst_profile_list

#include "tst_profile_list.moc"
