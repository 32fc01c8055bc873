// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/access/ClientSecret.h"
#include "agent/base/Encoding.h"

#include "TestProgram.h"

#include <QSet>
#include <QTest>

namespace tst_access_secret {

using namespace latchkey;
using access::SecretForm;

namespace {

constexpr std::string_view alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A secret of the cfast form with this body; the checksum is written here once more, so that both must agree.
std::string cfast(const std::string& body)
{
    const std::string text = "cfast_" + body;
    std::string hex(8, '0');
    std::uint32_t sum = base::crc32(text);
    for (std::size_t i = 8; i-- > 0; sum /= 16)
        hex[i] = "0123456789abcdef"[sum % 16];
    return text + hex;
}

/// No run of eight characters of the secret stands in the text.
bool tellsNothingOf(const std::string& text, const std::string& secret)
{
    for (std::size_t i = 0; i + 8 <= secret.size(); ++i) {
        if (text.find(secret.substr(i, 8)) != std::string::npos)
            return false;
    }
    return true;
}

} // namespace

class TestClientSecret : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void generatedOnesVerify();
    void everyChangedCharacterIsNoticed();
    void leadingZerosOfTheChecksumStay();
    void forms_data();
    void forms();
    void hashIsThatOfTheText();
    void clientIds_data();
    void clientIds();
};

void TestClientSecret::generatedOnesVerify()
{
    SystemRandom random;
    QSet<QByteArray> seen;
    QSet<char> used;
    for (int i = 0; i < 1000; ++i) {
        const SecretBytes secret = access::generateClientSecret(random);
        const std::string text(secret.reveal());
        QCOMPARE(text.size(), std::size_t(54));
        QVERIFY(text.starts_with("cfast_"));
        QCOMPARE(text, cfast(text.substr(6, 40)));
        QCOMPARE(access::checkClientSecret(text).value(), SecretForm::cfast);
        seen.insert(QByteArray::fromStdString(text));
        for (const char c : text.substr(6, 40))
            used.insert(c);
    }
    QCOMPARE(seen.size(), 1000);
    QCOMPARE(used.size(), qsizetype(alphanumeric.size()));   // 40,000 draws miss none of 62
}

void TestClientSecret::everyChangedCharacterIsNoticed()
{
    SystemRandom random;
    const std::string secret(access::generateClientSecret(random).reveal());
    int changes = 0;
    for (std::size_t at = 0; at < secret.size(); ++at) {
        for (int byte = 0; byte < 256; ++byte) {
            std::string changed = secret;
            changed[at] = static_cast<char>(byte);
            if (changed == secret)
                continue;
            const auto form = access::checkClientSecret(changed);
            QVERIFY2(!form, qPrintable(QStringLiteral("byte %1 at %2 was not noticed").arg(byte).arg(at)));
            QVERIFY(tellsNothingOf(form.error().message + form.error().detail, changed));
            ++changes;
        }
    }
    QCOMPARE(changes, 54 * 255);
    for (std::size_t at = 0; at + 1 < secret.size(); ++at) {
        std::string swapped = secret;
        std::swap(swapped[at], swapped[at + 1]);
        if (swapped != secret)
            QVERIFY2(!access::checkClientSecret(swapped), "two characters changed places");
        std::string shorter = secret;
        shorter.erase(at, 1);
        QVERIFY(!access::checkClientSecret(shorter));
        std::string longer = secret;
        longer.insert(at, 1, secret[at]);
        QVERIFY(!access::checkClientSecret(longer));
    }
}

void TestClientSecret::leadingZerosOfTheChecksumStay()
{
    // One checksum in 16 begins with a zero; look until some were seen.
    int zeros = 0;
    for (int i = 0; zeros < 5; ++i) {
        QVERIFY(i < 1000);
        std::string body(40, 'A');
        body.replace(0, 4, std::to_string(1000 + i));
        const std::string secret = cfast(body);
        QCOMPARE(access::checkClientSecret(secret).value(), SecretForm::cfast);
        zeros += secret[46] == '0' ? 1 : 0;
    }
}

void TestClientSecret::forms_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("form");   // -1: none
    const int cfastForm = int(SecretForm::cfast);
    const int legacy = int(SecretForm::legacy);
    const std::string good = cfast("0123456789abcdefghijABCDEFGHIJ0123456789");
    const std::string hex = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    const auto row = [](const char* name, const std::string& text, int form) { QTest::newRow(name) << QByteArray::fromStdString(text) << form; };
    row("new form", good, cfastForm);
    row("older form", hex, legacy);
    row("older form of one digit", std::string(64, '0'), legacy);
    row("empty", "", -1);
    row("prefix alone", "cfast_", -1);
    row("without its prefix", good.substr(6), -1);
    row("capital prefix", "CFAST_" + good.substr(6), -1);
    row("another prefix", "cfut_0" + good.substr(6), -1);
    row("without its checksum", good.substr(0, 46), -1);
    std::string upper = good;
    for (std::size_t i = 46; i < upper.size(); ++i)
        upper[i] = upper[i] >= 'a' ? static_cast<char>(upper[i] - 32) : upper[i];
    QVERIFY(upper != good);
    row("capital checksum", upper, -1);
    row("space in front", " " + good, -1);
    row("line break behind", good + "\n", -1);
    row("twice", good + good, -1);
    row("a hyphen in the body, checksum right", cfast("0123456789abcdefghij-BCDEFGHIJ0123456789"), -1);
    row("a zero byte in the body, checksum right", cfast("0123456789abcdefghij" + std::string(1, '\0') + "BCDEFGHIJ0123456789"), -1);
    row("a byte beyond ASCII in the body, checksum right", cfast("0123456789abcdefghij\xC3\xA4" "CDEFGHIJ0123456789"), -1);
    row("a body one too long, checksum right", cfast("0123456789abcdefghijABCDEFGHIJ01234567890"), -1);
    row("a body one too short, checksum right", cfast("0123456789abcdefghijABCDEFGHIJ012345678"), -1);
    row("older form, 63 digits", hex.substr(1), -1);
    row("older form, 65 digits", hex + "0", -1);
    row("older form in capitals", "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef", -1);
    row("older form with a g", "g" + hex.substr(1), -1);
    row("a megabyte", std::string(1'000'000, 'a'), -1);
}

void TestClientSecret::forms()
{
    QFETCH(const QByteArray, text);
    QFETCH(const int, form);
    const auto result = access::checkClientSecret({text.data(), std::size_t(text.size())});
    QCOMPARE(result ? int(*result) : -1, form);
    if (!result) {
        QCOMPARE(result.error().code, ErrorCode::invalidArgument);
        const std::string said = result.error().message + result.error().detail;
        QVERIFY(said.size() < 200);
        // "hexadecimal" and "cfast_ " may be said, what was written may not.
        QVERIFY(tellsNothingOf(said, text.left(200).toStdString()));
    }
}

void TestClientSecret::hashIsThatOfTheText()
{
    // FIPS 180-2, appendix B.1
    QCOMPARE(base::toHex(base::asText(access::hashClientSecret("abc"))),
             std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    QVERIFY(access::hashClientSecret("abc") != access::hashClientSecret("abd"));
}

void TestClientSecret::clientIds_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("good");
    const std::string hex = "0123456789abcdef0123456789abcdef";
    const auto row = [](const char* name, const std::string& text, bool good) { QTest::newRow(name) << QByteArray::fromStdString(text) << good; };
    row("today's form", hex + ".access", true);
    row("letters only", std::string(32, 'f') + ".access", true);
    row("older form", hex + ".access.example.com", true);
    row("older form, one label", hex + ".access.localhost", true);
    row("older form, digits and hyphens", hex + ".access.my-team1.example.co.uk", true);
    row("a domain of 253 characters", hex + ".access." + std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + "." + std::string(61, 'd'), true);
    row("a domain of 254 characters", hex + ".access." + std::string(254, 'a'), false);
    row("empty", "", false);
    row("hex alone", hex, false);
    row("suffix alone", ".access", false);
    row("31 digits", hex.substr(1) + ".access", false);
    row("33 digits", hex + "0.access", false);
    row("capital digits", "0123456789ABCDEF0123456789abcdef.access", false);
    row("capital suffix", hex + ".Access", false);
    row("not a digit", "g" + hex.substr(1) + ".access", false);
    row("another suffix", hex + ".acces", false);
    row("suffix and more", hex + ".accessx", false);
    row("dot at the end", hex + ".access.", false);
    row("domain with a dot at the end", hex + ".access.example.com.", false);
    row("empty label", hex + ".access.example..com", false);
    row("two dots", hex + ".access..com", false);
    row("capital domain", hex + ".access.Example.com", false);
    row("underscore in the domain", hex + ".access.a_b.com", false);
    row("space in front", " " + hex + ".access", false);
    row("space behind", hex + ".access ", false);
    row("line break behind", hex + ".access\n", false);
    row("zero byte behind", hex + ".access" + std::string(1, '\0'), false);
    row("header injection", hex + ".access.a\r\nX-Evil: 1", false);
    row("a secret", std::string(64, 'a'), false);
    row("beyond ASCII", hex + ".access.m\xC3\xBCller.de", false);
    row("a UUID", "4c1f8a52-6d3e-4b7a-9c1d-2e5f8a7b6c3d", false);
    row("a megabyte", hex + ".access." + std::string(1'000'000, 'a'), false);
}

void TestClientSecret::clientIds()
{
    QFETCH(const QByteArray, text);
    QFETCH(const bool, good);
    QCOMPARE(access::isClientId({text.data(), std::size_t(text.size())}), good);
}

LATCHKEY_TEST(TestClientSecret)

} // namespace tst_access_secret

#include "tst_access_secret.moc"
