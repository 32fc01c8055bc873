// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Samples.h"
#include "ui/CredentialText.h"
#include "ui/TokenUse.h"
#include "ui/UseCard.h"

#include "TestProgram.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

namespace tst_ui_credentials {

using namespace latchkey;
using namespace latchkey::ui;
using namespace Qt::StringLiterals;

namespace {

const access::ClientId clientId{"a42834ce5e101fe5cbd1a37c2a47cf05.access"};

QString text(CopyKind kind, const char* secret = samples::secret, const QString& url = u"http://127.0.0.1:8410/"_s)
{
    const SecretBytes bytes = credentialText(kind, clientId, SecretBytes(std::string_view(secret)), url);
    return QString::fromUtf8(bytes.reveal().data(), static_cast<qsizetype>(bytes.size()));
}

} // namespace

class TestCredentials : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eachFormIsWhatItsReaderTakes_data()
    {
        QTest::addColumn<CopyKind>("kind");
        QTest::addColumn<QString>("expected");
        const QString id = QString::fromStdString(clientId.value);
        const QString secret = QString::fromLatin1(samples::secret);
        QTest::newRow("Client ID") << CopyKind::clientId << id;
        QTest::newRow("Client Secret, nothing around it") << CopyKind::clientSecret << secret;
        QTest::newRow("headers") << CopyKind::headers << u"CF-Access-Client-Id: %1\nCF-Access-Client-Secret: %2\n"_s.arg(id, secret);
        QTest::newRow("environment") << CopyKind::environment << u"CF_ACCESS_CLIENT_ID=%1\nCF_ACCESS_CLIENT_SECRET=%2\n"_s.arg(id, secret);
    }

    void eachFormIsWhatItsReaderTakes()
    {
        QFETCH(CopyKind, kind);
        QFETCH(QString, expected);
        QCOMPARE(text(kind), expected);
    }

    void jsonIsTheValueOfTheSingleHeader()
    {
        const QJsonObject json = QJsonDocument::fromJson(text(CopyKind::json, "a\"b\\c").toUtf8()).object();
        QCOMPARE(json.size(), 2);
        QCOMPARE(json[u"cf-access-client-id"_s].toString(), QString::fromStdString(clientId.value));
        QCOMPARE(json[u"cf-access-client-secret"_s].toString(), u"a\"b\\c"_s);
    }

    void aShellReadsTheCurlCommandUnchanged()
    {
        const QString shell = QStandardPaths::findExecutable(u"sh"_s);
        if (shell.isEmpty())
            QSKIP("no POSIX shell here");
        QProcess process;
        process.start(shell, {u"-c"_s, u"curl() { printf '%s|' \"$@\"; }\n"_s + text(CopyKind::curl, "s3cr'et $HOME", u"http://h/?a='b'"_s)});
        QVERIFY(process.waitForFinished());
        QCOMPARE(QString::fromUtf8(process.readAllStandardOutput()),
                 u"http://h/?a='b'|-H|CF-Access-Client-Id: %1|-H|CF-Access-Client-Secret: s3cr'et $HOME|"_s.arg(QString::fromStdString(clientId.value)));
    }

    void theSnippetTakesTheSecretFromTheEnvironment()
    {
        const QString snippet = curlSnippet(clientId, u"http://127.0.0.1:8410/"_s);
        QVERIFY(snippet.contains(u"\"CF-Access-Client-Secret: $CF_ACCESS_CLIENT_SECRET\""_s));
        QVERIFY(snippet.contains(QString::fromStdString(clientId.value)));
    }

    void usesNameFirstThenAnyToken()
    {
        const access::TokenId token = samples::tokens()[1].id;
        std::vector<access::Application> applications = samples::applications();
        access::Application any = applications[0];
        any.id.value = "any";
        any.name = "Anything";
        any.policies[0].include = {access::AnyValidServiceTokenRule{}};
        applications.insert(applications.begin(), any);

        const std::vector<TokenUse> uses = usesOf(token, applications);
        QCOMPARE(uses.size(), std::size_t(3));
        QCOMPARE(uses[0].applicationName, std::string("Grafana"));
        QVERIFY(uses[0].named && !uses[0].neverMatches);
        QCOMPARE(UseCard::words(uses[0]), u"Service Auth · monitoring"_s);
        QCOMPARE(uses[1].applicationName, std::string("Prometheus"));
        QVERIFY(uses[1].neverMatches);
        QCOMPARE(UseCard::words(uses[1]), u"Allow policy: never matches"_s);
        QVERIFY(!uses[2].named);
        QCOMPARE(UseCard::words(uses[2]), u"Service Auth · any service token"_s);
        QVERIFY(usesOf(samples::tokens()[3].id, samples::applications()).empty());
    }
};

LATCHKEY_TEST(TestCredentials)

} // namespace tst_ui_credentials

#include "tst_ui_credentials.moc"
