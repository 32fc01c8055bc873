// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "agent/cli/Endpoint.h"
#include "agent/cli/ExitCode.h"
#include "agent/cli/Terminal.h"

#include "TestProgram.h"

namespace tst_cli_parts {

using namespace latchkey;
using namespace latchkey::cli;
using namespace std::chrono_literals;

/// The small parts of the command line; tests/e2e/cli.test.mjs drives the whole.
class TestCli : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void listenAddresses_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("good");
        QTest::addColumn<QString>("host");
        QTest::addColumn<int>("port");
        QTest::addColumn<bool>("loopback");
        QTest::addColumn<QString>("url");
        const auto good = [](const char* text, const char* host, int port, bool loopback, const char* url) {
            QTest::newRow(text) << QString::fromLatin1(text) << true << QString::fromLatin1(host) << port << loopback << QString::fromLatin1(url);
        };
        good("127.0.0.1:8400", "127.0.0.1", 8400, true, "http://127.0.0.1:8400");
        good("127.0.0.1:0", "127.0.0.1", 0, true, "http://127.0.0.1:0");
        good("127.9.8.7:65535", "127.9.8.7", 65535, true, "http://127.9.8.7:65535");
        good("[::1]:8400", "::1", 8400, true, "http://[::1]:8400");
        good("localhost:8400", "localhost", 8400, true, "http://localhost:8400");
        good("8400", "127.0.0.1", 8400, true, "http://127.0.0.1:8400");
        good("0.0.0.0:80", "0.0.0.0", 80, false, "http://0.0.0.0:80");
        good("[::]:80", "::", 80, false, "http://[::]:80");
        good("192.168.1.5:80", "192.168.1.5", 80, false, "http://192.168.1.5:80");
        good("128.0.0.1:80", "128.0.0.1", 80, false, "http://128.0.0.1:80");
        for (const char* bad : {"", ":", "127.0.0.1:", ":x", "127.0.0.1:-1", "127.0.0.1:65536", "127.0.0.1:+80", "127.0.0.1: 80", "127.0.0.1:80x",
                                "[::1:80", "::1:80", "[::1]80", "127.0.0.1:80:90", "127.0.0.1:0x50", "127.0.0.1.evil:80x"})
            QTest::newRow(bad[0] == '\0' ? "nothing" : bad) << QString::fromLatin1(bad) << false << QString() << 0 << false << QString();
    }
    void listenAddresses()
    {
        QFETCH(QString, text);
        QFETCH(bool, good);
        const auto address = parseListenAddress(text.toStdString());
        QCOMPARE(address.has_value(), good);
        if (!good) {
            QCOMPARE(address.error().code, ErrorCode::invalidArgument);
            return;
        }
        QTEST(QString::fromStdString(address->host), "host");
        QTEST(static_cast<int>(address->port), "port");
        QTEST(address->isLoopback(), "loopback");
        QTEST(QString::fromStdString(address->url()), "url");
    }

    void aNameThatOnlyLooksLikeLoopbackIsNone_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : {"127.0.0.1.example.com:80", "127.example.com:80", "localhost.example.com:80", "[::1%eth0]:80", "127.0.0.256:80", "127.1:80"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void aNameThatOnlyLooksLikeLoopbackIsNone()
    {
        QFETCH(QString, text);
        const auto address = parseListenAddress(text.toStdString());
        QVERIFY(!address || !address->isLoopback());
    }

    void exitCodes_data()
    {
        QTest::addColumn<int>("error");
        QTest::addColumn<int>("code");
        const auto row = [](const char* name, ErrorCode error, int code) { QTest::newRow(name) << static_cast<int>(error) << code; };
        row("a wrong argument", ErrorCode::invalidArgument, 2);
        row("a taken port", ErrorCode::portTaken, 3);
        row("a locked keychain", ErrorCode::vaultLocked, 4);
        row("no keychain", ErrorCode::vaultAbsent, 4);
        row("a lost entry", ErrorCode::vaultMissing, 4);
        row("a keychain that refuses", ErrorCode::vaultDenied, 4);
        row("a directory in use", ErrorCode::inUse, 5);
        row("a damaged directory", ErrorCode::damaged, 5);
        row("no agent", ErrorCode::network, 6);
        for (const ErrorCode error : {ErrorCode::notFound, ErrorCode::conflict, ErrorCode::unauthenticated, ErrorCode::forbidden, ErrorCode::rateLimited,
                                      ErrorCode::cancelled, ErrorCode::io, ErrorCode::protocol, ErrorCode::internal})
            QTest::addRow("error %d", static_cast<int>(error)) << static_cast<int>(error) << 1;
    }
    void exitCodes()
    {
        QFETCH(int, error);
        QTEST(static_cast<int>(exitCodeFor({static_cast<ErrorCode>(error), "x", {}})), "code");
    }

    void relativeTimes_data()
    {
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<QString>("text");
        const auto row = [](std::chrono::seconds seconds, const char* text) { QTest::newRow(text) << qint64(seconds.count()) << QString::fromLatin1(text); };
        row(1s, "in a moment");
        row(0s, "just now");
        row(-59s, "just now");
        row(60s, "in 1 minute");
        row(-119s, "1 minute ago");
        row(-120s, "2 minutes ago");
        row(1h, "in 1 hour");
        row(-25h, "1 day ago");
        row(12 * 24h, "in 12 days");
        row(61 * 24h, "in 2 months");
        row(8760h, "in 1 year");
        row(-2 * 8760h, "2 years ago");
    }
    void relativeTimes()
    {
        QFETCH(qint64, seconds);
        const std::chrono::sys_seconds now{1'800'000'000s};
        QTEST(QString::fromStdString(relativeTime(now + std::chrono::seconds(seconds), now)), "text");
    }

    void nothingMovesTheCursor_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("shown");
        QTest::newRow("words stay") << QByteArray("zw\xC3\xB6lf \xF0\x9F\x97\x9D") << QByteArray("zw\xC3\xB6lf \xF0\x9F\x97\x9D");
        QTest::newRow("escape") << QByteArray("a\033[2Jb") << QByteArray("a\xEF\xBF\xBD[2Jb");
        QTest::newRow("line feed") << QByteArray("a\nb") << QByteArray("a\xEF\xBF\xBD" "b");
        QTest::newRow("delete") << QByteArray("\x7F") << QByteArray("\xEF\xBF\xBD");
        QTest::newRow("C1") << QByteArray("a\xC2\x9B" "31m") << QByteArray("a\xEF\xBF\xBD" "31m");
        QTest::newRow("a no-break space stays") << QByteArray("\xC2\xA0") << QByteArray("\xC2\xA0");
    }
    void nothingMovesTheCursor()
    {
        QFETCH(QByteArray, text);
        const std::string shown = printable(std::string_view(text.constData(), static_cast<std::size_t>(text.size())));
        QTEST(QByteArray::fromStdString(shown), "shown");
    }
};

LATCHKEY_TEST(TestCli)

} // namespace tst_cli_parts

#include "tst_cli_parts.moc"
