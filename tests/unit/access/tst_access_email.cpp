// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/access/Email.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_access_email {

using namespace latchkey;

class TestAccessEmail : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void addressesAndTheirParts_data();
    void addressesAndTheirParts();
};

void TestAccessEmail::addressesAndTheirParts_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isAddress");
    QTest::addColumn<bool>("isPart");
    QTest::newRow("an address") << QByteArray("ada@example.com") << true << true;
    QTest::newRow("with a tag and dots") << QByteArray("a.b+ci@sub.example.co.uk") << true << true;
    QTest::newRow("beyond ASCII") << QByteArray("jürgen@example.com") << true << true;
    QTest::newRow("a host of this machine") << QByteArray("a@localhost") << true << true;
    QTest::newRow("254 bytes") << QByteArray(QByteArray(252, 'a') + "@b") << true << true;
    QTest::newRow("255 bytes") << QByteArray(QByteArray(253, 'a') + "@b") << false << false;
    QTest::newRow("a domain") << QByteArray("@example.com") << false << true;
    QTest::newRow("a name") << QByteArray("ada") << false << true;
    QTest::newRow("nothing behind the @") << QByteArray("ada@") << false << true;
    QTest::newRow("only the @") << QByteArray("@") << false << true;
    QTest::newRow("nothing") << QByteArray() << false << false;
    QTest::newRow("two @") << QByteArray("a@b@c") << false << false;
    QTest::newRow("a space") << QByteArray("a b@c") << false << false;
    QTest::newRow("a line break") << QByteArray("a@b\n") << false << false;
    QTest::newRow("a zero byte") << QByteArray("a@b\0", 4) << false << false;
    QTest::newRow("a DEL") << QByteArray("a@b\x7F") << false << false;
    QTest::newRow("a comma") << QByteArray("a@b,c") << false << false;
    QTest::newRow("brackets") << QByteArray("Ada<a@b>") << false << false;
    QTest::newRow("quotes") << QByteArray("\"a\"@b") << false << false;
    QTest::newRow("no UTF-8") << QByteArray("a\xFF@b") << false << false;
}

void TestAccessEmail::addressesAndTheirParts()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, isAddress);
    QFETCH(bool, isPart);
    const std::string_view view(text.constData(), static_cast<std::size_t>(text.size()));
    QCOMPARE(access::isEmailAddress(view), isAddress);
    QCOMPARE(access::isPartOfEmailAddress(view), isPart);
}

LATCHKEY_TEST(TestAccessEmail)

} // namespace tst_access_email

#include "tst_access_email.moc"
