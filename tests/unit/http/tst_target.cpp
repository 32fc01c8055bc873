// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/http/Authority.h"
#include "agent/http/Query.h"
#include "agent/http/Target.h"

#include "TestProgram.h"

#include <QTest>

#include <string>

namespace tst_target {

using namespace latchkey::http;
using namespace std::string_literals;

class TestTarget : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void splits_data()
    {
        QTest::addColumn<QByteArray>("resource");
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("query"); // null: there is no `?`
        const auto row = [](const char* name, const char* resource, const char* path, const char* query = nullptr) {
            QTest::newRow(name) << QByteArray(resource) << QByteArray(path) << QByteArray(query);
        };
        row("the root", "/", "/");
        row("nothing, from an absolute target", "", "/");
        row("a query alone, from an absolute target", "?a", "/", "a");
        row("a path", "/a/b.c", "/a/b.c");
        row("a path with a final slash", "/a/", "/a/");
        row("an empty query", "/a?", "/a", "");
        row("a query with all that a path may not hold", "/a?/../%2f%41\\//%zz?", "/a", "/../%2f%41\\//%zz?");
        row("names that start with dots", "/.well-known/..a/...", "/.well-known/..a/...");
        row("a name that ends with dots", "/a./b..", "/a./b..");
        row("escapes in capitals", "/caf%C3%A9/%20", "/caf%C3%A9/%20");
        row("escapes of reserved characters", "/%3A%40%26%3B%25", "/%3A%40%26%3B%25");
        row("parameters", "/a;v=1/b", "/a;v=1/b");
        row("an escaped percent before hex digits", "/%252e", "/%252e");
    }
    void splits()
    {
        QFETCH(QByteArray, resource);
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, query);
        const std::string text = resource.toStdString();
        const auto target = Target::split(text);
        QVERIFY(target.has_value());
        QCOMPARE(std::string(target->path), path.toStdString());
        QCOMPARE(std::string(target->query), query.toStdString());
        QCOMPARE(target->hasQuery, !query.isNull());
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("resource");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* resource, const char* expected) {
            QTest::newRow(resource) << QByteArray(resource) << QByteArray(expected);
        };
        row("a", "path_not_absolute");
        row("*", "path_not_absolute");
        row("/a b", "bad_byte_in_target");
        row("/a#b", "bad_byte_in_target");
        row("/a\tb", "bad_byte_in_target");
        row("/caf\xc3\xa9", "bad_byte_in_target");
        row("/a?b c", "bad_byte_in_target");
        row("/%", "bad_escape");
        row("/%4", "bad_escape");
        row("/%zz", "bad_escape");
        row("/%%20", "bad_escape");
        row("/a%2?b", "bad_escape");
        row("/.", "dot_segment");
        row("/..", "dot_segment");
        row("/a/./b", "dot_segment");
        row("/a/../b", "dot_segment");
        row("/a/..", "dot_segment");
        row("/a/..?b", "dot_segment");
        row("/%2e", "dot_segment");
        row("/%2E%2e/b", "dot_segment");
        row("/.%2e/b", "dot_segment");
        row("/%2e./b", "dot_segment");
        row("/a/..;/b", "dot_segment");
        row("/a/..;x=y/b", "dot_segment");
        row("/a/.;/b", "dot_segment");
        row("/a/..%3B/b", "dot_segment");
        row("/a/%2e%2e%3bx/b", "dot_segment");
        row("//", "empty_segment");
        row("//a", "empty_segment");
        row("/a//b", "empty_segment");
        row("/a//", "empty_segment");
        row("/a\\b", "backslash");
        row("/\\..\\b", "backslash");
        row("/a%5cb", "backslash");
        row("/a%5Cb", "backslash");
        row("/a%2fb", "encoded_slash");
        row("/a%2Fb", "encoded_slash");
        row("/..%2fb", "encoded_slash");
        row("/a%00", "encoded_control");
        row("/a%0d%0ab", "encoded_control");
        row("/a%1F", "encoded_control");
        row("/a%7F", "encoded_control");
        row("/%61dmin", "needless_escape");
        row("/%7E", "needless_escape");
        row("/a%2Eb", "needless_escape");
        row("/a%2db", "needless_escape");
        row("/%5f", "needless_escape");
        row("/%30", "needless_escape");
        row("/caf%c3%A9", "lower_case_escape");
        row("/caf%C3%a9", "lower_case_escape");
    }
    void refuses()
    {
        QFETCH(QByteArray, resource);
        QFETCH(QByteArray, expected);
        const auto target = Target::split(resource.toStdString());
        QVERIFY(!target.has_value());
        QCOMPARE(QByteArray::fromStdString(std::string(code(target.error()))), expected);
        QVERIFY(describe(target.error()).ends_with('.'));
    }

    void parsesQueries_data()
    {
        QTest::addColumn<QByteArray>("query");
        QTest::addColumn<QByteArray>("expected"); // name>value| …; "refused"
        const auto row = [](const char* query, const char* expected) {
            QTest::newRow(query) << QByteArray(query) << QByteArray(expected);
        };
        row("", "");
        row("a=1", "a>1|");
        row("a=1&b=2", "a>1|b>2|");
        row("a=1&a=2", "a>1|a>2|");
        row("a", "a>|");
        row("a=", "a>|");
        row("=b", ">b|");
        row("a=b=c", "a>b=c|");
        row("&&a=1&", "a>1|");
        row("a=two+words%2B", "a>two words+|");
        row("n%C3%A4me=%e2%82%ac", "n\xc3\xa4me>\xe2\x82\xac|");
        row("a%3D=%26", "a=>&|");
        row("a=%", "refused");
        row("a=%4", "refused");
        row("a=%4g", "refused");
        row("a=%ff", "refused");
        row("a=%c0%80", "refused");
        row("a=%00", "refused");
        row("%00=a", "refused");
    }
    void parsesQueries()
    {
        QFETCH(QByteArray, query);
        QFETCH(QByteArray, expected);
        const auto items = parseQuery(query.toStdString());
        std::string out = items ? "" : "refused";
        if (items) {
            for (const auto& [name, value] : *items)
                out.append(name).append(">").append(value).append("|");
        }
        QCOMPARE(QByteArray::fromStdString(out), expected);
    }

    void queriesAreBounded()
    {
        std::string query = "a=1";
        for (int i = 1; i < 100; ++i)
            query += "&a=1";
        QVERIFY(parseQuery(query).has_value());
        QVERIFY(!parseQuery(query + "&a=1").has_value());
    }

    void findsTheFirstValue()
    {
        const QueryItems items{{"a", "1"}, {"b", "2"}, {"a", "3"}};
        QCOMPARE(*find(items, "a"), std::string("1"));
        QCOMPARE(find(items, "c"), nullptr);
    }

    void escapes()
    {
        QCOMPARE(percentEncode("a-._~Z9 /+%\xc3\xa9"), std::string("a-._~Z9%20%2F%2B%25%C3%A9"));
        QCOMPARE(percentDecode("a%20b+c%C3%A9"), std::optional<std::string>("a b+c\xc3\xa9"));
        QCOMPARE(percentDecode("%2"), std::optional<std::string>());
        std::string all;
        for (int i = 0; i < 256; ++i)
            all.push_back(static_cast<char>(i));
        QCOMPARE(percentDecode(percentEncode(all)), std::optional<std::string>(all));
    }

    void knowsAddresses_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("version"); // 0: none
        const auto row = [](const char* text, int version) { QTest::newRow(text) << QByteArray(text) << version; };
        row("127.0.0.1", 4);
        row("255.255.255.255", 4);
        row("256.0.0.1", 0);
        row("1.2.3", 0);
        row("1.2.3.4.5", 0);
        row("1.2.3.4.", 0);
        row("01.2.3.4", 0);
        row("1.2.3.0004", 0);
        row("1..2.3", 0);
        row("a.b.c.d", 0);
        row("::", 6);
        row("::1", 6);
        row("1::", 6);
        row("1:2:3:4:5:6:7:8", 6);
        row("1:2:3:4:5:6:7::", 6);
        row("::2:3:4:5:6:7:8", 6);
        row("FE80::abCD", 6);
        row("::ffff:127.0.0.1", 6);
        row("1:2:3:4:5:6:1.2.3.4", 6);
        row("1:2:3:4:5:6:7", 0);
        row("1:2:3:4::5:6:7:8", 0);
        row("1:2:3:4:5:6:7:1.2.3.4", 0);
        row(":1", 0);
        row("1:", 0);
        row(":::", 0);
        row("1::2::3", 0);
        row("12345::", 0);
        row("g::", 0);
        row("1.2.3.4::", 0);
        row("::1%eth0", 0);
        row("::1.2.3", 0);
    }
    void knowsAddresses()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, version);
        QCOMPARE(isIpv4Address(text.toStdString()), version == 4);
        QCOMPARE(isIpv6Address(text.toStdString()), version == 6);
    }

    void splitsAuthorities()
    {
        const auto plain = Authority::parse("Example.com");
        QVERIFY(plain && !plain->port && !plain->isIpv6());
        QCOMPARE(plain->host, std::string_view("Example.com"));
        const auto ipv6 = Authority::parse("[::1]:8401");
        QVERIFY(ipv6 && ipv6->isIpv6());
        QCOMPARE(ipv6->host, std::string_view("[::1]"));
        QCOMPARE(ipv6->port, std::optional<std::uint16_t>(8401));
        QVERIFY(!Authority::parse(std::string(256, 'a')));
    }
};

LATCHKEY_TEST(TestTarget)

} // namespace tst_target

#include "tst_target.moc"
