// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// The local history and the notes, commands that take a secret to a consumer, and where a secret may be sent.
#include "app/ConsumerCommand.h"
#include "app/LocalRecords.h"
#include "app/SecretProbe.h"

#include "TestProgram.h"

#include <QApplication>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

namespace tst_app_localrecords {

using namespace latchkey;
using namespace latchkey::app;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

ui::HistoryEntry historyEntry(const QString& name, std::chrono::seconds at)
{
    return {.at = std::chrono::sys_seconds(at), .profileId = u"p"_s, .account = u"Local agent"_s, .kind = ui::ChangeKind::renamed,
            .token = access::TokenId{"id"}, .tokenName = name, .detail = u"a → b"_s};
}

QByteArray fileContents(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestLocalRecords final : public QObject {
    Q_OBJECT

    static Result<void> run(const QString& command, const char* secret, std::chrono::milliseconds limit = 20s)
    {
        ConsumerCommand consumer;
        consumer.setLimit(limit);
        std::optional<Result<void>> outcome;
        consumer.run(command, access::ClientId{"abc.access"}, SecretBytes(secret), [&](Result<void> told) { outcome = std::move(told); });
        (void)QTest::qWaitFor([&] { return outcome.has_value(); }, 30'000);
        return outcome.value_or(fail(ErrorCode::timedOut, "no answer"));
    }

private Q_SLOTS:
    void historyIsNewestFirstAndSurvivesATornLine()
    {
        QTemporaryDir directory;
        const QString path = directory.filePath(u"history.jsonl"_s);
        {
            History history(path);
            QVERIFY(history.append(historyEntry(u"one"_s, 1'000'000s)).has_value());
            QFile file(path);
            QVERIFY(file.open(QIODevice::Append));
            file.write("{\"at\":\"2026");   // the power went
        }
        History history(path);
        QVERIFY(history.append(historyEntry(u"two"_s, 2'000'000s)).has_value());
        const auto entries = history.load();
        QCOMPARE(entries.size(), std::size_t(2));
        QCOMPARE(entries[0], historyEntry(u"two"_s, 2'000'000s));
        QCOMPARE(entries[1], historyEntry(u"one"_s, 1'000'000s));
        QVERIFY(!(QFile::permissions(path) & (QFile::ReadGroup | QFile::ReadOther)));
    }

    void aHistoryThatCannotBeWrittenSaysSo()
    {
        QTemporaryDir directory;
        History history(directory.path());   // a directory
        QVERIFY(!history.append(historyEntry(u"one"_s, 1s)).has_value());
        QVERIFY(history.load().empty());
    }

    void notesAndConsumersStayApartAndSurvive()
    {
        QTemporaryDir directory;
        const access::TokenId id{"6f1b"};
        const TokenNotes::Delivery delivery{.consumers = {{.kind = ui::Consumer::Kind::command, .name = u"Grafana"_s, .command = u"cat"_s}}, .verifyUrl = u"https://x/"_s};
        {
            LocalRecords records(directory.path());
            QVERIFY(records.notes.setNote("p", id, {.owner = u"Ops"_s, .note = u"line\nline"_s}).has_value());
            QVERIFY(records.notes.setDelivery("p", id, delivery).has_value());
        }
        LocalRecords records(directory.path());
        QCOMPARE(records.notes.note("p", id).owner, u"Ops"_s);
        QVERIFY(records.notes.delivery("p", id) == delivery);
        QVERIFY(records.notes.note("other", id).isEmpty());
        QVERIFY(records.notes.setNote("p", id, {}).has_value());
        QVERIFY(records.notes.notes("p").empty());
        QVERIFY(records.notes.delivery("p", id) == delivery);
    }

    void notesAsCsvHoldNoFormula()
    {
        QTemporaryDir directory;
        LocalRecords records(directory.path());
        const access::TokenId id{"6f1b"};
        QVERIFY(records.notes.setNote("p", id, {.owner = u"=cmd()"_s, .note = u"says \"hi\""_s}).has_value());
        QCOMPARE(records.notes.asCsv("p", {{id, u"ci"_s}}), QByteArray("\"token_id\",\"name\",\"owner\",\"note\"\r\n\"6f1b\",\"ci\",\"'=cmd()\",\"says \"\"hi\"\"\"\r\n"));
    }

    void aCommandGetsTheSecretOnStandardInputAndNowhereElse()
    {
        QTemporaryDir directory;
        const QString got = directory.filePath(u"got"_s);
        const QString where = directory.filePath(u"where"_s);
        QVERIFY(run(u"cat > '%1'; { env; cat /proc/$$/cmdline; echo \"$CF_ACCESS_CLIENT_ID\"; } > '%2'"_s.arg(got, where), "cfast_thesecret").has_value());
        QCOMPARE(fileContents(got), QByteArray("cfast_thesecret"));
        QVERIFY(fileContents(where).contains("abc.access"));
        QVERIFY(!fileContents(where).contains("thesecret"));
    }

    void aCommandThatPrintsItOrFailsLeaksNothing()
    {
        const auto failed = run(u"cat; cat >&2; exit 7"_s, "cfast_thesecret");
        QVERIFY(!failed);
        QVERIFY(failed.error().message.find('7') != std::string::npos);
        QVERIFY(failed.error().message.find("thesecret") == std::string::npos);
        QVERIFY(run(u"exit 0"_s, "cfast_thesecret").has_value());   // one that reads nothing
        const auto slow = run(u"sleep 30"_s, "cfast_thesecret", 300ms);
        QVERIFY(!slow);
        QCOMPARE(slow.error().code, ErrorCode::timedOut);
    }

    void secretsAreSentOnlyWhereNobodyReadsThem_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<bool>("allowed");
        QTest::newRow("https") << u"https://app.example.com/health"_s << true;
        QTest::newRow("loopback") << u"http://127.0.0.1:8410/"_s << true;
        QTest::newRow("localhost") << u"http://localhost:8410/"_s << true;
        QTest::newRow("IPv6 loopback") << u"http://[::1]:8410/"_s << true;
        QTest::newRow("plain http") << u"http://app.example.com/"_s << false;
        QTest::newRow("looks like loopback") << u"http://127.0.0.1.example.com/"_s << false;
        QTest::newRow("file") << u"file:///etc/passwd"_s << false;
        QTest::newRow("password in it") << u"https://a:b@app.example.com/"_s << false;
        QTest::newRow("words") << u"grafana"_s << false;
    }

    void secretsAreSentOnlyWhereNobodyReadsThem()
    {
        QFETCH(QString, url);
        QFETCH(bool, allowed);
        QCOMPARE(SecretProbe::objectionTo(QUrl(url)).isEmpty(), allowed);
    }
};

LATCHKEY_WIDGET_TEST(TestLocalRecords)

} // namespace tst_app_localrecords

#include "tst_app_localrecords.moc"
