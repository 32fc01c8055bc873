// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/base/HostAndPort.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_base_hostandport {

class TestHostAndPort : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void joins_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<int>("port");
        QTest::addColumn<QString>("text");
        QTest::newRow("a name") << "example.com" << 443 << "example.com:443";
        QTest::newRow("IPv4") << "127.0.0.1" << 0 << "127.0.0.1:0";
        QTest::newRow("IPv6") << "::1" << 8400 << "[::1]:8400";
        QTest::newRow("IPv6 in brackets") << "[::1]" << 8400 << "[::1]:8400";
        QTest::newRow("IPv6 with a zone") << "fe80::1%eth0" << 65535 << "[fe80::1%eth0]:65535";
    }
    void joins()
    {
        QFETCH(QString, host);
        QFETCH(int, port);
        const std::string text = latchkey::base::hostAndPort(host.toStdString(), static_cast<std::uint16_t>(port));
        QTEST(QString::fromStdString(text), "text");
    }
};

LATCHKEY_TEST(TestHostAndPort)

} // namespace tst_base_hostandport

#include "tst_base_hostandport.moc"
