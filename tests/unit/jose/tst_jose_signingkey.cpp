// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "JoseTesting.h"

#include "agent/base/OpenSsl.h"
#include "agent/base/Sha256.h"

#include "TestProgram.h"

#include <QTest>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <thread>
#include <vector>

namespace tst_jose_signingkey {

using namespace joseTesting;
using namespace latchkey;

namespace {

using Pkcs8Ptr = std::unique_ptr<PKCS8_PRIV_KEY_INFO, base::OpenSslDeleter<PKCS8_PRIV_KEY_INFO_free>>;

std::string pkcs8(EVP_PKEY* key)
{
    const Pkcs8Ptr info(EVP_PKEY2PKCS8(key));
    unsigned char* der = nullptr;
    const int size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &der);
    const std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return out;
}

/// The form that "openssl rsa -traditional" writes.
std::string pkcs1(EVP_PKEY* key)
{
    unsigned char* der = nullptr;
    const int size = i2d_PrivateKey(key, &der);
    const std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return out;
}

/// An RSA key that by its own description signs with another padding than RS256's.
base::EvpPkeyPtr newPssKey()
{
    const base::EvpPkeyCtxPtr context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA-PSS", nullptr));
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_keygen_init(context.get()) == 1 && EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), 2048) == 1)
        EVP_PKEY_generate(context.get(), &key);
    return base::EvpPkeyPtr(key);
}

base::X509Ptr readCertificate(const std::string& pem)
{
    const base::BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return base::X509Ptr(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
}

std::string parameter(const EVP_PKEY* key, const char* name)
{
    BIGNUM* raw = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &raw) != 1)
        return "none";
    const base::BignumPtr number(raw);
    std::string out(static_cast<std::size_t>(BN_num_bytes(number.get())), '\0');
    BN_bn2bin(number.get(), reinterpret_cast<unsigned char*>(out.data()));
    return base::toBase64Url(out);
}

/// A check of the signature that shares no code with the room: a fresh context on the key of the published PEM.
bool verifiesWithPem(const std::string& pem, std::string_view input, std::string_view signature)
{
    const base::X509Ptr certificate = readCertificate(pem);
    const base::EvpMdCtxPtr context(EVP_MD_CTX_new());
    return certificate
        && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, X509_get0_pubkey(certificate.get())) == 1
        && EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                            reinterpret_cast<const unsigned char*>(input.data()), input.size())
               == 1;
}

} // namespace

class TestSigningKey : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aNewKeyHas2048BitsAndTheUsualExponent();
    void kidIsTheHashOfThePublicKey();
    void jwkHasCloudflaresMembersInOrder();
    void jwtHeaderIsTheOneOfAccess();
    void pkcs8RoundTripKeepsEverything();
    void refusesOtherKeys_data();
    void refusesOtherKeys();
    void acceptsALongerKey();
    void certificateHoldsTheKeyOfTheJwk();
    void certificateSaysWhenAndForWhom();
    void certificateIsDeterministic();
    void serialNumberComesFromTheKid();
    void signatureVerifiesOnASecondPath_data();
    void signatureVerifiesOnASecondPath();
    void signingIsDeterministic();
    void fourThreadsSignAtOnce();
    void errorsDoNotQuoteTheKey();
};

void TestSigningKey::aNewKeyHas2048BitsAndTheUsualExponent()
{
    const auto* n = key().publicJwk().find("n")->asString();
    const auto modulus = base::fromBase64Url(*n);
    QVERIFY(modulus);
    QCOMPARE(modulus->size(), std::size_t(256));
    QVERIFY(static_cast<unsigned char>(modulus->front()) >= 0x80);
    QCOMPARE(text(*key().publicJwk().find("e")->asString()), QStringLiteral("AQAB"));
    QVERIFY(key().createdAt() == now);
    QVERIFY(key().kid() != strangersKey().kid());
}

void TestSigningKey::kidIsTheHashOfThePublicKey()
{
    const auto certificate = readCertificate(key().certificatePem());
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(X509_get0_pubkey(certificate.get()), &der);
    QVERIFY(size > 0);
    const std::string spki(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    QCOMPARE(text(key().kid()), text(base::toHex(base::asText(base::sha256(spki)))));
    QCOMPARE(key().kid().size(), std::size_t(64));
}

void TestSigningKey::jwkHasCloudflaresMembersInOrder()
{
    QStringList names;
    for (const auto& [name, value] : *key().publicJwk().asObject())
        names << text(name);
    QCOMPARE(names.join(u','), QStringLiteral("kid,kty,alg,use,e,n"));
    QCOMPARE(text(*key().publicJwk().find("kid")->asString()), text(key().kid()));
    QCOMPARE(text(*key().publicJwk().find("kty")->asString()), QStringLiteral("RSA"));
    QCOMPARE(text(*key().publicJwk().find("alg")->asString()), QStringLiteral("RS256"));
    QCOMPARE(text(*key().publicJwk().find("use")->asString()), QStringLiteral("sig"));
}

void TestSigningKey::jwtHeaderIsTheOneOfAccess()
{
    QCOMPARE(text(base::fromBase64Url(key().jwtHeader()).value()), text(headerOf(key())));
}

void TestSigningKey::pkcs8RoundTripKeepsEverything()
{
    const auto der = key().toPkcs8Der();
    QVERIFY(der);
    const auto again = SigningKey::fromPkcs8Der(*der, key().createdAt());
    QVERIFY2(again, again ? "" : again.error().message.c_str());
    QCOMPARE(text((*again)->kid()), text(key().kid()));
    QVERIFY((*again)->publicJwk() == key().publicJwk());
    QVERIFY((*again)->toPkcs8Der()->equals(*der));
    QVERIFY((*again)->sign("x").value() == key().sign("x").value());
}

void TestSigningKey::refusesOtherKeys_data()
{
    QTest::addColumn<QByteArray>("der");
    const auto row = [](const char* name, const std::string& der) {
        QTest::newRow(name) << QByteArray(der.data(), static_cast<qsizetype>(der.size()));
    };
    const auto good = key().toPkcs8Der().value();
    const std::string der(good.reveal());

    row("nothing", "");
    row("rubbish", "not a key at all");
    row("an empty sequence", std::string("\x30\x00", 2));
    row("cut short", der.substr(0, der.size() - 1));
    row("half of it", der.substr(0, der.size() / 2));
    row("trailing byte", der + '\0');
    row("two keys in a row", der + der);
    row("PEM instead of DER", "-----BEGIN PRIVATE KEY-----\n" + base::toBase64(der) + "\n-----END PRIVATE KEY-----\n");
    const base::EvpPkeyPtr weak(EVP_RSA_gen(1024));
    row("RSA with 1024 bits", pkcs8(weak.get()));
    const base::EvpPkeyPtr nearly(EVP_RSA_gen(2040));
    row("RSA with 2040 bits", pkcs8(nearly.get()));
    const base::EvpPkeyPtr curve(EVP_EC_gen("P-256"));
    row("elliptic curve", pkcs8(curve.get()));
    const base::EvpPkeyPtr edwards(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    row("Ed25519", pkcs8(edwards.get()));
    const base::EvpPkeyPtr pss = newPssKey();
    QVERIFY(pss);
    row("RSA for PSS only", pkcs8(pss.get()));
    const base::EvpPkeyPtr bare(EVP_RSA_gen(2048));
    row("PKCS#1 instead of PKCS#8", pkcs1(bare.get()));

    // One bit of the modulus: the structure is whole, the halves no longer belong together.
    const std::string modulus = base::fromBase64Url(*key().publicJwk().find("n")->asString()).value();
    const std::size_t at = der.find(modulus);
    QVERIFY(at != std::string::npos);
    std::string bent = der;
    bent[at + 100] = static_cast<char>(bent[at + 100] ^ 1);
    row("a flipped bit in the modulus", bent);
}

void TestSigningKey::refusesOtherKeys()
{
    QFETCH(const QByteArray, der);
    const auto read = SigningKey::fromPkcs8Der(SecretBytes(std::string_view(der.data(), std::size_t(der.size()))), now);
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::damaged);
    QVERIFY(!read.error().message.empty());
    QCOMPARE(ERR_peek_error(), 0UL);
}

void TestSigningKey::acceptsALongerKey()
{
    const base::EvpPkeyPtr large(EVP_RSA_gen(3072));
    const auto read = SigningKey::fromPkcs8Der(SecretBytes(pkcs8(large.get())), now);
    QVERIFY(read);
    const auto signature = (*read)->sign("text");
    QCOMPARE(signature->size(), std::size_t(384));
    QVERIFY(verifiesWithPem((*read)->certificatePem(), "text", *signature));
}

void TestSigningKey::certificateHoldsTheKeyOfTheJwk()
{
    const auto certificate = readCertificate(key().certificatePem());
    QVERIFY(certificate);
    EVP_PKEY* published = X509_get0_pubkey(certificate.get());
    QCOMPARE(text(parameter(published, OSSL_PKEY_PARAM_RSA_N)), text(*key().publicJwk().find("n")->asString()));
    QCOMPARE(text(parameter(published, OSSL_PKEY_PARAM_RSA_E)), text(*key().publicJwk().find("e")->asString()));
    QCOMPARE(X509_verify(certificate.get(), published), 1);
    QVERIFY(key().certificatePem().starts_with("-----BEGIN CERTIFICATE-----\n"));
    QVERIFY(key().certificatePem().ends_with("-----END CERTIFICATE-----\n"));
}

void TestSigningKey::certificateSaysWhenAndForWhom()
{
    const auto certificate = readCertificate(key().certificatePem());
    const auto since = static_cast<time_t>(now.time_since_epoch().count());
    QCOMPARE(ASN1_TIME_cmp_time_t(X509_get0_notBefore(certificate.get()), since), 0);
    QCOMPARE(ASN1_TIME_cmp_time_t(X509_get0_notAfter(certificate.get()), since + 379 * 86400), 0);

    std::array<char, 64> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name.data(), int(name.size()));
    QCOMPARE(text(name.data()), QStringLiteral("cloudflareaccess.com"));
    QCOMPARE(X509_NAME_cmp(X509_get_subject_name(certificate.get()), X509_get_issuer_name(certificate.get())), 0);
    QCOMPARE(X509_get_version(certificate.get()), long(X509_VERSION_3));
    QCOMPARE(X509_get_signature_nid(certificate.get()), NID_sha256WithRSAEncryption);
}

void TestSigningKey::certificateIsDeterministic()
{
    const auto der = key().toPkcs8Der().value();
    const auto again = SigningKey::fromPkcs8Der(der, now).value();
    QCOMPARE(text(again->certificatePem()), text(key().certificatePem()));
    const auto later = SigningKey::fromPkcs8Der(der, now + 1s).value();
    QVERIFY(later->certificatePem() != key().certificatePem());
    QCOMPARE(text(later->kid()), text(key().kid()));
}

void TestSigningKey::serialNumberComesFromTheKid()
{
    for (const SigningKey* signer : {&key(), &strangersKey()}) {
        const auto certificate = readCertificate(signer->certificatePem());
        const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate.get());
        QCOMPARE(ASN1_STRING_type(serial), V_ASN1_INTEGER);   // not V_ASN1_NEG_INTEGER
        QCOMPARE(ASN1_STRING_length(serial), 16);
        std::string expected = base::fromHex(signer->kid().substr(0, 32)).value();
        // RFC 5280 §4.1.2.2: positive, and 16 bytes whatever the kid begins with.
        expected[0] = static_cast<char>((expected[0] & 0x3f) | 0x40);
        const auto* data = reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial));
        QCOMPARE(text(base::toHex(std::string_view(data, 16))), text(base::toHex(expected)));
    }
}

void TestSigningKey::signatureVerifiesOnASecondPath_data()
{
    QTest::addColumn<QByteArray>("input");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("one byte") << QByteArray("x");
    QTest::newRow("zero bytes") << QByteArray(3, '\0');
    QTest::newRow("as long as a JWT") << QByteArray(700, 'a');
    QTest::newRow("a megabyte") << QByteArray(1 << 20, 'z');
}

void TestSigningKey::signatureVerifiesOnASecondPath()
{
    QFETCH(const QByteArray, input);
    const std::string_view view(input.data(), std::size_t(input.size()));
    const auto signature = key().sign(view);
    QVERIFY(signature);
    QCOMPARE(signature->size(), std::size_t(256));
    QVERIFY(verifiesWithPem(key().certificatePem(), view, *signature));
    QVERIFY(!verifiesWithPem(strangersKey().certificatePem(), view, *signature));
    QVERIFY(!verifiesWithPem(key().certificatePem(), std::string(view) + 'x', *signature));
}

void TestSigningKey::signingIsDeterministic()
{
    // PKCS#1 v1.5 has no salt; and a prepared context that were changed by use would show here.
    const std::string first = key().sign("a").value();
    (void)key().sign("something else");
    QVERIFY(key().sign("a").value() == first);
}

void TestSigningKey::fourThreadsSignAtOnce()
{
    constexpr int threads = 4;
    constexpr int each = 60;
    std::array<std::vector<std::string>, threads> made;
    {
        std::vector<std::jthread> workers;
        for (std::size_t worker = 0; worker < threads; ++worker) {
            workers.emplace_back([&made, worker] {
                for (int i = 0; i < each; ++i)
                    made[worker].push_back(key().sign(std::to_string(worker) + ':' + std::to_string(i)).value_or(""));
            });
        }
    }
    for (std::size_t worker = 0; worker < threads; ++worker) {
        for (int i = 0; i < each; ++i) {
            const std::string input = std::to_string(worker) + ':' + std::to_string(i);
            QVERIFY2(verifiesWithPem(key().certificatePem(), input, made[worker][std::size_t(i)]), input.c_str());
        }
    }
}

void TestSigningKey::errorsDoNotQuoteTheKey()
{
    const std::string marker = "c2VjcmV0LW1hcmtlcg";
    const auto read = SigningKey::fromPkcs8Der(SecretBytes("\x30\x12" + marker), now);
    QVERIFY(!read);
    QVERIFY(read.error().message.find(marker) == std::string::npos);
    QVERIFY(read.error().detail.find(marker) == std::string::npos);
}

LATCHKEY_TEST(TestSigningKey)

} // namespace tst_jose_signingkey

#include "tst_jose_signingkey.moc"
