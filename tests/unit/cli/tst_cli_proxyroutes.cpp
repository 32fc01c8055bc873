// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/ProxyRoutes.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_cli_proxyroutes {

using namespace latchkey;
using namespace latchkey::cli;

class TestProxyRoutes : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void hosts_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<bool>("ours");
        QTest::newRow("a name") << "app.example.com" << true;
        QTest::newRow("in capitals") << "APP.Example.com" << true;
        QTest::newRow("with the root's dot") << "app.example.com." << true;
        QTest::newRow("below a name") << "x.app.example.com" << false;
        QTest::newRow("one label for the star") << "x.wild.example.com" << true;
        QTest::newRow("two labels for the star") << "y.x.wild.example.com" << false;
        QTest::newRow("none for the star") << "wild.example.com" << false;
        QTest::newRow("an end alike") << "myapp.example.com" << false;
        QTest::newRow("nothing") << "" << false;
    }
    void hosts()
    {
        QFETCH(QString, host);
        QFETCH(bool, ours);
        QCOMPARE(isOneOf(host.toStdString(), {"app.example.com", "*.wild.example.com"}), ours);
    }

    void noProxy_data()
    {
        QTest::addColumn<QString>("list");
        QTest::addColumn<QString>("host");
        QTest::addColumn<bool>("covered");
        QTest::newRow("nothing") << "" << "a.com" << false;
        QTest::newRow("a name") << "b.com, a.com" << "a.com" << true;
        QTest::newRow("below a name") << "a.com" << "x.a.com" << true;
        QTest::newRow("with a dot") << ".a.com" << "x.a.com" << true;
        QTest::newRow("with a star") << "*.a.com" << "x.a.com" << true;
        QTest::newRow("an end alike") << "a.com" << "aa.com" << false;
        QTest::newRow("everything") << "*" << "a.com" << true;
        QTest::newRow("its port") << "a.com:443" << "a.com" << true;
        QTest::newRow("another port") << "a.com:8443" << "a.com" << false;
        QTest::newRow("an address") << "192.0.2.1" << "192.0.2.1" << true;
        QTest::newRow("a network") << "192.0.2.0/24" << "192.0.2.77" << true;
        QTest::newRow("outside the network") << "192.0.2.0/24" << "192.0.3.77" << false;
        QTest::newRow("IPv6") << "2001:db8::/32" << "2001:db8::1" << true;
        QTest::newRow("IPv6 in brackets") << "[::1]:443" << "::1" << true;
        QTest::newRow("a network does not end a name") << "2.1" << "192.0.2.1" << false;
    }
    void noProxy()
    {
        QFETCH(QString, list);
        QFETCH(QString, host);
        QFETCH(bool, covered);
        QCOMPARE(NoProxy(list.toStdString()).covers(host.toStdString(), 443), covered);
    }

    /// What would lead the child past our proxy is left out for it; the rest stays as it was.
    void forTheChild()
    {
        const std::vector<std::string> mine{"app.example.com", "*.wild.example.net", "acme.cloudflareaccess.com"};
        const auto without = [&mine](const char* list) { return QString::fromStdString(NoProxy(list).without(mine)); };
        const QString loopback = QStringLiteral("localhost,127.0.0.1,::1");
        QCOMPARE(without(""), loopback);
        QCOMPARE(without("intern.corp, 10.0.0.0/8"), loopback + QStringLiteral(",intern.corp,10.0.0.0/8"));
        QCOMPARE(without("*"), loopback);
        for (const char* list : {"app.example.com", ".example.com", "*.cloudflareaccess.com", "x.wild.example.net", "wild.example.net", ".net"})
            QCOMPARE(without(list), loopback);
        QCOMPARE(without("other.example.com"), loopback + QStringLiteral(",other.example.com"));
    }

    void onward()
    {
        QCOMPARE(onwardProxy("")->type(), QNetworkProxy::NoProxy);
        const auto http = onwardProxy("http://me:p%40ss@proxy.corp:3128");
        QCOMPARE(http->type(), QNetworkProxy::HttpProxy);
        QCOMPARE(http->hostName(), QStringLiteral("proxy.corp"));
        QCOMPARE(http->port(), quint16(3128));
        QCOMPARE(http->password(), QStringLiteral("p@ss"));
        QCOMPARE(onwardProxy("proxy.corp:8080")->port(), quint16(8080));
        QCOMPARE(onwardProxy("socks5h://proxy.corp")->port(), quint16(1080));
        QCOMPARE(onwardProxy("socks5h://proxy.corp")->type(), QNetworkProxy::Socks5Proxy);
        for (const char* bad : {"https://proxy.corp", "ftp://proxy.corp", "http://", "://"})
            QCOMPARE(onwardProxy(bad).error().code, ErrorCode::unsupported);
    }
};

LATCHKEY_TEST(TestProxyRoutes)

} // namespace tst_cli_proxyroutes

#include "tst_cli_proxyroutes.moc"
