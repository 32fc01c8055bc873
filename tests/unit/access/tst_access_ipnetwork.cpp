// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/access/IpNetwork.h"

#include "TestProgram.h"

#include <QRandomGenerator>
#include <QTest>

#ifdef Q_OS_WIN
#include <ws2tcpip.h>
#else
#include <arpa/inet.h>
#endif

#include <cstring>
#include <optional>

namespace tst_access_ipnetwork {

using namespace latchkey;
using access::IpAddress;
using access::IpNetwork;

namespace {

std::string_view view(const QByteArray& bytes)
{
    return {bytes.data(), static_cast<std::size_t>(bytes.size())};
}

/// What the system's own reader makes of an address, in our mapped form.
std::optional<IpAddress> systemParse(const QByteArray& text)
{
    IpAddress address;
    if (inet_pton(AF_INET6, text.constData(), address.bytes.data()) == 1)
        return address;
    std::uint32_t v4 = 0;
    if (inet_pton(AF_INET, text.constData(), &v4) == 1)
        return IpAddress::v4(ntohl(v4));
    return std::nullopt;
}

} // namespace

class TestIpNetwork : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsAndWrites_data();
    void readsAndWrites();
    void refusesAddresses_data();
    void refusesAddresses();
    void agreesWithTheSystem();
    void loopback_data();
    void loopback();
    void contains_data();
    void contains();
    void refusesNetworks_data();
    void refusesNetworks();
};

void TestIpNetwork::readsAndWrites_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("canonical");
    const auto row = [](const char* text, const char* canonical) { QTest::newRow(text) << QByteArray(text) << QByteArray(canonical); };
    row("127.0.0.1", "127.0.0.1");
    row("0.0.0.0", "0.0.0.0");
    row("255.255.255.255", "255.255.255.255");
    row("::", "::");
    row("::1", "::1");
    row("1::", "1::");
    row("2001:db8::1", "2001:db8::1");
    row("2001:DB8::ABCD", "2001:db8::abcd");
    row("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1");
    row("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1");     // RFC 5952 §4.2.3: the first of equal runs
    row("2001:0:0:1:0:0:0:1", "2001:0:0:1::1");           // the longest run
    row("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1");  // a single group is not shortened
    row("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0");
    row("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8");
    row("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8");
    row("::ffff:10.0.0.1", "10.0.0.1");
    row("::ffff:a00:1", "10.0.0.1");
    row("64:ff9b::192.0.2.33", "64:ff9b::c000:221");
    row("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304");
    row("::1.2.3.4", "::102:304");
}

void TestIpNetwork::readsAndWrites()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, canonical);
    const auto address = IpAddress::parse(view(text));
    QVERIFY(address.has_value());
    QCOMPARE(QByteArray::fromStdString(address->text()), canonical);
    QVERIFY(IpAddress::parse(view(canonical)).value() == *address);
}

void TestIpNetwork::refusesAddresses_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char* text : {"", " ", "localhost", "1", "1.2.3", "1.2.3.4.5", "1.2.3.4.", ".1.2.3.4", "1..3.4", "256.0.0.1", "1.2.3.1000",
                             "01.2.3.4", "010.0.0.1", "0x7f.0.0.1", "-1.2.3.4", "+1.2.3.4", " 1.2.3.4", "1.2.3.4 ", "1.2.3.4/8",
                             ":", ":::", "::1::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "12345::",
                             "g::", ":1", "1:", "1:2:3:4:5:6:7:", "::1%eth0", "[::1]", "1.2.3.4::", "1.2.3.4::5", "1:1.2.3.4::",
                             "::1.2.3", "::1.2.3.256", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:1.2.3.4", "::-1", "::+1", "::0x1"})
        QTest::newRow(*text != 0 ? text : "nothing") << QByteArray(text);
    QTest::newRow("zero byte") << QByteArray("1.2.3.4\0", 8);
}

void TestIpNetwork::refusesAddresses()
{
    QFETCH(QByteArray, text);
    const auto address = IpAddress::parse(view(text));
    QVERIFY(!address.has_value());
    QCOMPARE(address.error().code, ErrorCode::invalidArgument);
}

void TestIpNetwork::agreesWithTheSystem()
{
    QRandomGenerator random(20261124);
    const QByteArray alphabet = "0123456789abf:::...";
    int valid = 0;
    for (int i = 0; i < 100'000; ++i) {
        QByteArray text;
        if (i % 2 == 0) {
            const int length = random.bounded(1, 24);
            for (int at = 0; at < length; ++at)
                text += alphabet[random.bounded(int(alphabet.size()))];
        } else {
            // Groups joined by colons, some of them empty: near what is valid.
            const int groups = random.bounded(1, 10);
            for (int group = 0; group < groups; ++group) {
                text += group != 0 ? ":" : "";
                text += random.bounded(4) != 0 ? QByteArray::number(random.bounded(1, 0x10000), 16) : QByteArray();
            }
            if (random.bounded(4) == 0)
                text += ":10.1.2.3";
        }
        const auto ours = IpAddress::parse(view(text));
        const auto theirs = systemParse(text);
        QVERIFY2(ours.has_value() == theirs.has_value(), text.constData());
        if (ours) {
            QVERIFY2(*ours == *theirs, text.constData());
            QVERIFY2(IpAddress::parse(ours->text()).value() == *ours, text.constData());
            ++valid;
        }
    }
    QVERIFY2(valid > 2'000, "too few valid addresses to mean something");
}

void TestIpNetwork::loopback_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isV4");
    QTest::addColumn<bool>("isLoopback");
    const auto row = [](const char* text, bool isV4, bool isLoopback) { QTest::newRow(text) << QByteArray(text) << isV4 << isLoopback; };
    row("127.0.0.1", true, true);
    row("127.255.0.9", true, true);
    row("::ffff:127.0.0.1", true, true);
    row("128.0.0.1", true, false);
    row("126.255.255.255", true, false);
    row("0.0.0.0", true, false);
    row("10.0.0.1", true, false);
    row("::1", false, true);
    row("::", false, false);
    row("::2", false, false);
    row("1::1", false, false);
    row("::127.0.0.1", false, false);
    row("2001:db8::1", false, false);
}

void TestIpNetwork::loopback()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, isV4);
    QFETCH(bool, isLoopback);
    const auto address = IpAddress::parse(view(text)).value();
    QCOMPARE(address.isV4(), isV4);
    QCOMPARE(address.isLoopback(), isLoopback);
}

void TestIpNetwork::contains_data()
{
    QTest::addColumn<QByteArray>("network");
    QTest::addColumn<QByteArray>("address");
    QTest::addColumn<bool>("inside");
    const auto row = [](const char* network, const char* address, bool inside) {
        QTest::addRow("%s %s %s", network, inside ? "holds" : "does not hold", address) << QByteArray(network) << QByteArray(address) << inside;
    };
    row("10.0.0.0/8", "10.0.0.0", true);
    row("10.0.0.0/8", "10.255.255.255", true);
    row("10.0.0.0/8", "::ffff:10.2.3.4", true);
    row("10.0.0.0/8", "11.0.0.0", false);
    row("10.0.0.0/8", "9.255.255.255", false);
    row("192.0.2.128/25", "192.0.2.128", true);
    row("192.0.2.128/25", "192.0.2.127", false);
    row("192.0.2.4/30", "192.0.2.7", true);
    row("192.0.2.4/30", "192.0.2.8", false);
    row("192.0.2.7", "192.0.2.7", true);
    row("192.0.2.7", "192.0.2.6", false);
    row("192.0.2.7/32", "192.0.2.7", true);
    row("192.0.2.7/32", "192.0.2.5", false);
    row("0.0.0.0/0", "255.1.2.3", true);
    row("0.0.0.0/0", "::1", false);
    row("0.0.0.0/0", "2001:db8::1", false);
    row("128.0.0.0/1", "128.0.0.1", true);
    row("128.0.0.0/1", "127.0.0.1", false);
    row("2001:db8::/32", "2001:db8:ffff::1", true);
    row("2001:db8::/32", "2001:db9::", false);
    row("2001:db8::/32", "32.1.13.184", false);
    row("2001:db8::8/125", "2001:db8::f", true);
    row("2001:db8::8/125", "2001:db8::7", false);
    row("::1", "::1", true);
    row("::1/128", "::2", false);
    row("::/0", "2001:db8::1", true);
    row("::/0", "::1", true);
    row("::/0", "10.0.0.1", false);
    row("::/80", "10.0.0.1", false);
    row("::ffff:10.0.0.0/104", "10.1.2.3", true);
    row("::ffff:0:0/96", "10.1.2.3", true);
    row("::ffff:0:0/96", "::1", false);
}

void TestIpNetwork::contains()
{
    QFETCH(QByteArray, network);
    QFETCH(QByteArray, address);
    QFETCH(bool, inside);
    const auto parsed = IpNetwork::parse(view(network));
    QVERIFY(parsed.has_value());
    QCOMPARE(parsed->contains(IpAddress::parse(view(address)).value()), inside);
    QCOMPARE(QByteArray::fromStdString(parsed->text()), network);
}

void TestIpNetwork::refusesNetworks_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/08", "10.0.0.0/8 ", "10.0.0.0 /8",
                             "10.0.0.0/8/8", "10.0.0.0/255.0.0.0", "10.0.0.0/99999999999", "10.0.0.1/8", "10.128.0.0/8", "192.0.2.1/31",
                             "1.2.3.4/0", "2001:db8::/129", "2001:db8::1/32", "::1/127", "1::/0", "10.0.0/8", "*", "10.0.0.*", "10.0.0.1-10.0.0.9"})
        QTest::newRow(*text != 0 ? text : "nothing") << QByteArray(text);
}

void TestIpNetwork::refusesNetworks()
{
    QFETCH(QByteArray, text);
    const auto network = IpNetwork::parse(view(text));
    QVERIFY(!network.has_value());
    QCOMPARE(network.error().code, ErrorCode::invalidArgument);
    QVERIFY(network.error().message.ends_with('.'));
}

LATCHKEY_TEST(TestIpNetwork)

} // namespace tst_access_ipnetwork

#include "tst_access_ipnetwork.moc"
