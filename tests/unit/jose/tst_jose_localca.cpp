// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/jose/LocalCa.h"

#include "TestProgram.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <QTest>

namespace tst_jose_localca {

using namespace latchkey;
using jose::LocalCa;

namespace {

const std::chrono::sys_seconds now{std::chrono::seconds(1'790'000'000)};
const std::vector<std::string> hosts{"team.cloudflareaccess.com", "app.example.com", "*.wild.example.net", "*.com", "10.0.0.1", "a,b"};

using StorePtr = std::unique_ptr<X509_STORE, base::OpenSslDeleter<X509_STORE_free>>;
using StoreCtxPtr = std::unique_ptr<X509_STORE_CTX, base::OpenSslDeleter<X509_STORE_CTX_free>>;

base::X509Ptr read(const std::string& pem)
{
    const base::BioPtr memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return base::X509Ptr(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
}

/// What a client of OpenSSL that trusts `ca` says of `leaf` for a host: X509_V_OK or why not.
int verdict(const LocalCa& ca, X509* leaf, const std::string& host, bool isAddress = false)
{
    const StorePtr store(X509_STORE_new());
    X509_STORE_add_cert(store.get(), read(ca.certificatePem()).get());
    const StoreCtxPtr context(X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), store.get(), leaf, nullptr);
    X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT);
    X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_SERVER);
    X509_VERIFY_PARAM_set_time(parameters, static_cast<time_t>(now.time_since_epoch().count()));
    if (isAddress)
        X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str());
    else
        X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size());
    X509_verify_cert(context.get());
    return X509_STORE_CTX_get_error(context.get());
}

/// A certificate of this name signed by the authority's key as it is in the vault, past all our own checks: what a thief of
/// the key could make.
base::X509Ptr forge(const LocalCa& ca, const std::string& names)
{
    const SecretBytes der = *ca.toPkcs8Der();
    const auto* at = reinterpret_cast<const unsigned char*>(der.reveal().data());
    const base::EvpPkeyPtr key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
    const base::X509Ptr issuer = read(ca.certificatePem());
    base::X509Ptr forged(X509_new());
    X509_set_version(forged.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(forged.get()), 7);
    X509_set_issuer_name(forged.get(), X509_get_subject_name(issuer.get()));
    ASN1_TIME_set(X509_getm_notBefore(forged.get()), static_cast<time_t>(now.time_since_epoch().count()) - 60);
    ASN1_TIME_set(X509_getm_notAfter(forged.get()), static_cast<time_t>(now.time_since_epoch().count()) + 3600);
    X509_set_pubkey(forged.get(), key.get());
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer.get(), forged.get(), nullptr, nullptr, 0);
    const auto add = [&](int nid, const std::string& value) {
        X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
        X509_add_ext(forged.get(), extension, -1);
        X509_EXTENSION_free(extension);
    };
    add(NID_subject_alt_name, "critical," + names);   // critical, as RFC 5280 wants it beside an empty subject
    add(NID_subject_key_identifier, "hash");
    add(NID_authority_key_identifier, "keyid:always");
    X509_sign(forged.get(), key.get(), EVP_sha256());
    return forged;
}

/// The authority's own certificate with other name constraints, signed by itself.
std::string withConstraints(const LocalCa& ca, const std::string& constraints)
{
    const SecretBytes der = *ca.toPkcs8Der();
    const auto* at = reinterpret_cast<const unsigned char*>(der.reveal().data());
    const base::EvpPkeyPtr key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
    const base::X509Ptr made = read(ca.certificatePem());
    X509_EXTENSION_free(X509_delete_ext(made.get(), X509_get_ext_by_NID(made.get(), NID_name_constraints, -1)));
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_name_constraints, constraints.c_str());
    X509_add_ext(made.get(), extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(made.get(), key.get(), EVP_sha256());
    const base::BioPtr memory(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(memory.get(), made.get());
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

} // namespace

class TestLocalCa : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_ca = *LocalCa::create("0123abcd", hosts, now); }

    void permitsTheHostsAndNothingWider()
    {
        const std::vector<std::string> expected{"app.example.com", "localhost", "team.cloudflareaccess.com", "wild.example.net"};
        QCOMPARE(jose::permittedNames(hosts), expected);
        QCOMPARE(m_ca->permittedDns(), expected);
        QCOMPARE(jose::permittedNames({"*.test", "x.a.dev", "a.dev", "*.*.b.dev"}), (std::vector<std::string>{"a.dev", "b.dev", "localhost", "test"}));
    }

    /// Whoever trusts the authority must not trust it for a top-level domain of the Internet.
    void permitsNoPublicTopLevelDomain()
    {
        QCOMPARE(jose::permittedNames({"app", "dev", "*.io", "zip"}), (std::vector<std::string>{"localhost"}));
        QCOMPARE(jose::permittedNames({"lan", "*.home.arpa", "internal", "a.dev"}),
                 (std::vector<std::string>{"a.dev", "home.arpa", "internal", "lan", "localhost"}));
        const auto ca = *LocalCa::create("0123abcd", {"dev"}, now);
        QVERIFY(!ca->issue("dev", now));
        QVERIFY(!ca->issue("www.web.dev", now));
        QVERIFY(ca->serves({"dev"}, now));
    }

    /// One that an earlier version made for such a name is made anew.
    void aWiderCertificateServesNobody()
    {
        const auto wide = LocalCa::load(*m_ca->toPkcs8Der(), withConstraints(*m_ca, "critical,permitted;DNS:localhost,permitted;DNS:dev"));
        QVERIFY(wide.has_value());
        QVERIFY((*wide)->permits("web.dev"));
        QVERIFY(!(*wide)->serves({}, now));
        const auto narrow = LocalCa::load(*m_ca->toPkcs8Der(), withConstraints(*m_ca, "critical,permitted;DNS:localhost,permitted;DNS:a.dev"));
        QVERIFY((*narrow)->serves({"a.dev"}, now));
    }

    void issues_data()
    {
        QTest::addColumn<QString>("host");
        QTest::addColumn<bool>("permitted");
        QTest::addColumn<bool>("isAddress");
        QTest::newRow("the team's host") << "team.cloudflareaccess.com" << true << false;
        QTest::newRow("an application's host") << "app.example.com" << true << false;
        QTest::newRow("below a wildcard's parent") << "x.wild.example.net" << true << false;
        QTest::newRow("localhost") << "localhost" << true << false;
        QTest::newRow("IPv4 loopback") << "127.0.0.1" << true << true;
        QTest::newRow("all of 127/8") << "127.9.8.7" << true << true;
        QTest::newRow("IPv6 loopback") << "::1" << true << true;
        QTest::newRow("another team") << "other.cloudflareaccess.com" << false << false;
        QTest::newRow("the team host's parent") << "cloudflareaccess.com" << false << false;
        QTest::newRow("a name that ends alike") << "myapp.example.com" << false << false;
        QTest::newRow("a stranger") << "www.google.com" << false << false;
        QTest::newRow("another address") << "10.0.0.1" << false << true;
        QTest::newRow("another IPv6 address") << "::2" << false << true;
    }

    /// Ours refuses to sign what is outside; and a client refuses it even when the key has signed it.
    void issues()
    {
        QFETCH(QString, host);
        QFETCH(bool, permitted);
        QFETCH(bool, isAddress);
        const std::string name = host.toStdString();
        const auto issued = m_ca->issue(name, now);
        QCOMPARE(issued.has_value(), permitted);
        if (permitted) {
            QCOMPARE(verdict(*m_ca, issued->certificate.get(), name, isAddress), X509_V_OK);
            QVERIFY(issued->notAfter == now + LocalCa::leafValidity);
        } else {
            QCOMPARE(issued.error().code, ErrorCode::forbidden);
        }
        const base::X509Ptr forged = forge(*m_ca, (isAddress ? "IP:" : "DNS:") + name);
        QCOMPARE(verdict(*m_ca, forged.get(), name, isAddress), permitted ? X509_V_OK : X509_V_ERR_PERMITTED_VIOLATION);
    }

    void namesThatAreNoneGetNoCertificate()
    {
        for (const char* name : {"localhost,DNS:evil.com", "..localhost", ".localhost", "local host", "LOCALHOST", "*.localhost",
                                 "127.0.0.1 evil.com", "127.0.0.1 ", "::1 x", "127.0.0.1\t", "127.0.0.1,DNS:evil.com"})
            QVERIFY2(!m_ca->issue(name, now), name);
    }

    void comesBackFromTheVault()
    {
        const SecretBytes key = *m_ca->toPkcs8Der();
        const auto loaded = LocalCa::load(key, m_ca->certificatePem());
        QVERIFY(loaded.has_value());
        QCOMPARE((*loaded)->fingerprint(), m_ca->fingerprint());
        QCOMPARE((*loaded)->permittedDns(), m_ca->permittedDns());
        QVERIFY((*loaded)->notAfter() == m_ca->notAfter());
        QCOMPARE(verdict(*m_ca, (*loaded)->issue("localhost", now)->certificate.get(), "localhost"), X509_V_OK);

        const auto other = *LocalCa::create("0123abcd", hosts, now);
        QCOMPARE(LocalCa::load(key, other->certificatePem()).error().code, ErrorCode::damaged);
        QCOMPARE(LocalCa::load(SecretBytes(std::string_view("rubbish")), other->certificatePem()).error().code, ErrorCode::damaged);
        QCOMPARE(LocalCa::load(key, "rubbish").error().code, ErrorCode::damaged);
    }

    /// Who trusts the old certificate reaches the old hosts, and the new one only with the new certificate.
    void isMadeAnewForAnotherHost()
    {
        QVERIFY(m_ca->serves(hosts, now));
        QVERIFY(!m_ca->serves(hosts, now + LocalCa::validity - std::chrono::days(29)));
        std::vector<std::string> more = hosts;
        more.push_back("new.example.org");
        QVERIFY(!m_ca->serves(more, now));
        const auto wider = *LocalCa::remake(*m_ca->toPkcs8Der(), "0123abcd", more, now);
        QVERIFY(wider->serves(more, now));
        QVERIFY(wider->fingerprint() != m_ca->fingerprint());
        const auto old = wider->issue("app.example.com", now);
        QCOMPARE(verdict(*m_ca, old->certificate.get(), "app.example.com"), X509_V_OK);
        const auto added = wider->issue("new.example.org", now);
        QCOMPARE(verdict(*wider, added->certificate.get(), "new.example.org"), X509_V_OK);
        QCOMPARE(verdict(*m_ca, added->certificate.get(), "new.example.org"), X509_V_ERR_PERMITTED_VIOLATION);
    }

private:
    std::shared_ptr<const LocalCa> m_ca;
};

LATCHKEY_TEST(TestLocalCa)

} // namespace tst_jose_localca

#include "tst_jose_localca.moc"
