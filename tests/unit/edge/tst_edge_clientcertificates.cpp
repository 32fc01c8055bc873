// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TlsTesting.h"

#include "agent/edge/ClientCertificates.h"
#include "agent/jose/DecodedJwt.h"
#include "agent/jose/JwkSet.h"
#include "agent/jose/Verify.h"

#include "TestProgram.h"

#include <openssl/evp.h>

#include <QTest>

#include <csignal>

namespace tst_edge_clientcertificates {

using namespace edgeTesting;
using access::PolicyDecision;

namespace {

/// A certificate and its key, made by OpenSSL alone.
struct Pair {
    base::X509Ptr certificate;
    base::EvpPkeyPtr key;

    [[nodiscard]] std::string pem() const
    {
        const base::BioPtr memory(BIO_new(BIO_s_mem()));
        PEM_write_bio_X509(memory.get(), certificate.get());
        char* bytes = nullptr;
        const long size = BIO_get_mem_data(memory.get(), &bytes);
        return {bytes, static_cast<std::size_t>(size)};
    }
};

struct Wanted {
    std::vector<std::string> commonNames;
    const Pair* issuer = nullptr;      // null: itself
    bool isAuthority = false;
    long from = -3600, until = 3600;   // seconds, from the TestClock's beginning
    const char* purposes = nullptr;    // extended key usage
};

void addExtension(X509* certificate, int kind, const char* value)
{
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

Pair make(const Wanted& wanted)
{
    Pair made{base::X509Ptr(X509_new()), base::EvpPkeyPtr(EVP_EC_gen("P-256"))};
    X509* const certificate = made.certificate.get();
    X509_set_version(certificate, X509_VERSION_3);
    static long serial = 1;
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    const time_t start = TestClock().now().time_since_epoch().count();
    ASN1_TIME_set(X509_getm_notBefore(certificate), start + wanted.from);
    ASN1_TIME_set(X509_getm_notAfter(certificate), start + wanted.until);
    for (const std::string& name : wanted.commonNames)
        X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.data()),
                                   static_cast<int>(name.size()), -1, 0);
    const Pair& issuer = wanted.issuer != nullptr ? *wanted.issuer : made;
    X509_set_issuer_name(certificate, X509_get_subject_name(issuer.certificate.get()));
    X509_set_pubkey(certificate, made.key.get());
    addExtension(certificate, NID_basic_constraints, wanted.isAuthority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (wanted.purposes != nullptr)
        addExtension(certificate, NID_ext_key_usage, wanted.purposes);
    X509_sign(certificate, issuer.key.get(), EVP_sha256());
    return made;
}

Pair authority(const char* name) { return make({.commonNames = {name}, .isAuthority = true}); }

/// One application for whoever may show a certificate of the authority.
State stateOf(const std::string& upstream, std::vector<access::Rule> include, PolicyDecision decision = PolicyDecision::nonIdentity)
{
    State state;
    state.add(token(1));
    state.add(1, application(1, "app.test", upstream, {policy(decision, std::move(include))}));
    return state;
}

edge::EdgeConfig asking(const Pair& root)
{
    edge::EdgeConfig config;
    config.clientRootsPem = root.pem();
    return config;
}

std::string ask(TlsPeer& peer, const std::string& headers = {})
{
    peer.send(get("/", headers + "Connection: close\r\n"));
    return peer.receiveAll();
}

/// The answer's head, and the request's, which is its body.
std::string receiveEcho(TlsPeer& peer)
{
    constexpr std::string_view end = "\r\n\r\n";
    std::string bytes;
    while (bytes.find(end) == bytes.rfind(end) || !bytes.ends_with(end)) {
        const std::string more = peer.receiveSome();
        if (more.empty())
            break;
        bytes += more;
    }
    return bytes;
}

std::string reasonOf(const std::string& answer)
{
    constexpr std::string_view name = "Latchkey-Reason: ";
    const auto at = answer.find(name);
    return at == std::string::npos ? "" : answer.substr(at + name.size(), answer.find('\r', at) - at - name.size());
}

/// The assertion in the head that the upstream echoes.
std::string assertionOf(const std::string& answer)
{
    const auto lower = QByteArray::fromStdString(answer).toLower();
    const auto at = lower.indexOf("cf-access-jwt-assertion: ");
    if (at < 0)
        return {};
    const auto begin = static_cast<std::size_t>(at) + 25;
    return answer.substr(begin, answer.find('\r', begin) - begin);
}

} // namespace

class TestClientCertificates : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { std::signal(SIGPIPE, SIG_IGN); }   // as the agent does
    void aCertificateGetsAJwt();
    void aNewJwtWithEveryRequest();
    void whoIsLetIn_data();
    void whoIsLetIn();
    void onlyTlsClientsHaveOne();
    void nobodyIsAskedWithoutAnAuthority();
    void aTokenBesideIt();
    void noCookieInLegacyMode();
    void authoritiesAreChecked_data();
    void authoritiesAreChecked();
};

void TestClientCertificates::aCertificateGetsAJwt()
{
    const Upstream upstream;
    const Pair root = authority("Root");
    const Pair client = make({.commonNames = {"robot.example.com"}, .issuer = &root, .purposes = "clientAuth"});
    State state = stateOf(upstream.url(), {access::CertificateRule{}});
    state.applications[1].sessionDuration = *access::Duration::parse("90s");
    TlsWorld tls(std::move(state), asking(root));
    TlsPeer peer = tls.connect({.protocols = {}, .certificate = client.certificate.get(), .key = client.key.get()});
    QVERIFY(peer.isConnected());
    const std::string answer = ask(peer);
    QVERIFY2(answer.starts_with("HTTP/1.1 200"), answer.c_str());
    const auto jwt = jose::decodeJwt(assertionOf(answer));
    QVERIFY2(jwt, answer.c_str());
    const jose::KeyRing ring{.current = tls.world.state.key, .previous = nullptr};
    const auto keys = jose::JwkSet::of(ring, tls.world.clock.now());
    const std::string audience = tls.world.state.applications[1].audience.value;
    const auto verdict = jose::verify(*jwt, *keys, {.issuer = issuer, .audience = audience, .now = tls.world.clock.now()});
    QVERIFY2(verdict.valid(), verdict.message.c_str());
    const auto now = tls.world.clock.now().time_since_epoch().count();
    const Json expected = parseJson(R"({"type":"app","aud":["<aud>"],"exp":0,"iss":"https://local.cloudflareaccess.com","common_name":"robot.example.com","iat":0,"sub":""})").value();
    Json payload = jwt->payload;
    QCOMPARE(payload.find("iat")->asInteger().value_or(0), now);
    QCOMPARE(payload.find("exp")->asInteger().value_or(0), now + 90);
    payload.set("iat", 0).set("exp", 0).set("aud", *expected.find("aud"));
    QCOMPARE(payload.dump(), expected.dump());
    QVERIFY(!QByteArray::fromStdString(answer).toLower().contains("set-cookie"));
}

void TestClientCertificates::aNewJwtWithEveryRequest()
{
    const Upstream upstream;
    const Pair root = authority("Root");
    const Pair client = make({.commonNames = {"robot"}, .issuer = &root});
    TlsWorld tls(stateOf(upstream.url(), {access::CommonNameRule{"robot"}}), asking(root));
    TlsPeer peer = tls.connect({.protocols = {}, .certificate = client.certificate.get(), .key = client.key.get()});
    std::vector<std::string> jwts;
    for (int i = 0; i < 3; ++i) {   // On one connection, whose buffers are used again.
        peer.send(get("/"));
        const std::string answer = receiveEcho(peer);
        jwts.push_back(assertionOf(answer));
        QVERIFY2(!jwts.back().empty(), answer.c_str());
        tls.world.clock.advance(1s);
    }
    QVERIFY(jwts[0] != jwts[1] && jwts[1] != jwts[2]);
    // Revoking ends what was issued so far: the next one begins behind it.
    tls.world.state.applications[1].sessionEpoch = 1;
    tls.world.publish();
    peer.send(get("/"));
    const auto after = jose::decodeJwt(assertionOf(receiveEcho(peer)));
    QVERIFY(after);
    QVERIFY(after->payload.find("iat")->asInteger() > tls.world.clock.now().time_since_epoch().count());
}

void TestClientCertificates::whoIsLetIn_data()
{
    QTest::addColumn<QByteArray>("client");
    QTest::addColumn<QByteArray>("reason");        // empty: let in
    QTest::addColumn<QByteArray>("commonName");    // in the JWT
    const auto row = [](const char* client, const char* reason, const char* commonName) {
        QTest::newRow(client) << QByteArray(client) << QByteArray(reason) << QByteArray(commonName);
    };
    row("none", "missing_credentials", "");
    row("good", "", "robot");
    row("of another name", "no_matching_policy", "");
    row("of another authority", "missing_credentials", "");
    row("of its own", "missing_credentials", "");
    row("expired", "missing_credentials", "");
    row("not yet valid", "missing_credentials", "");
    row("of a server", "missing_credentials", "");
    row("of two names, the last of which counts", "", "robot");
    row("of two names, the first of which does not", "no_matching_policy", "");
    row("without a name", "no_matching_policy", "");
    row("of a name with a line break", "no_matching_policy", "");
    row("of a Client ID", "no_matching_policy", "");
}

void TestClientCertificates::whoIsLetIn()
{
    QFETCH(QByteArray, client);
    QFETCH(QByteArray, reason);
    QFETCH(QByteArray, commonName);
    const Upstream upstream;
    const Pair root = authority("Root");
    const Pair stranger = authority("Root");   // of the same name, with another key
    const std::map<QByteArray, Wanted> all{
        {"good", {.commonNames = {"robot"}, .issuer = &root}},
        {"of another name", {.commonNames = {"robot2"}, .issuer = &root}},
        {"of another authority", {.commonNames = {"robot"}, .issuer = &stranger}},
        {"of its own", {.commonNames = {"robot"}}},
        {"expired", {.commonNames = {"robot"}, .issuer = &root, .until = -1}},
        {"not yet valid", {.commonNames = {"robot"}, .issuer = &root, .from = 60}},
        {"of a server", {.commonNames = {"robot"}, .issuer = &root, .purposes = "serverAuth"}},
        {"of two names, the last of which counts", {.commonNames = {"other", "robot"}, .issuer = &root}},
        {"of two names, the first of which does not", {.commonNames = {"robot", "other"}, .issuer = &root}},
        {"without a name", {.commonNames = {}, .issuer = &root}},
        {"of a name with a line break", {.commonNames = {"robot\n"}, .issuer = &root}},
        {"of a Client ID", {.commonNames = {token(1).clientId}, .issuer = &root}},
    };
    const auto wanted = all.find(client);
    const Pair shown = wanted != all.end() ? make(wanted->second) : Pair{};
    TlsWorld tls(stateOf(upstream.url(), {access::CommonNameRule{"robot"}, access::CommonNameRule{token(1).clientId}}), asking(root));
    TlsPeer peer = tls.connect({.protocols = {}, .certificate = shown.certificate.get(), .key = shown.key.get()});
    QVERIFY(peer.isConnected());   // Whatever it shows: what that means is the policies' to say.
    const std::string answer = ask(peer);
    QCOMPARE(QByteArray::fromStdString(reasonOf(answer)), reason);
    QCOMPARE(answer.starts_with("HTTP/1.1 200"), reason.isEmpty());
    const auto jwt = jose::decodeJwt(assertionOf(answer));
    QCOMPARE(jwt.has_value(), reason.isEmpty());
    if (jwt)
        QCOMPARE(QByteArray::fromStdString(*jwt->payload.find("common_name")->asString()), commonName);
}

void TestClientCertificates::onlyTlsClientsHaveOne()
{
    const Upstream upstream;
    TlsWorld tls(stateOf(upstream.url(), {access::EveryoneRule{}}), asking(authority("Root")));
    QCOMPARE(tls.world.ask(get("/")).header("Latchkey-Reason"), std::string("missing_credentials"));
}

void TestClientCertificates::nobodyIsAskedWithoutAnAuthority()
{
    const Upstream upstream;
    const Pair root = authority("Root");
    const Pair client = make({.commonNames = {"robot"}, .issuer = &root});
    TlsWorld tls(stateOf(upstream.url(), {access::CertificateRule{}}));
    TlsPeer peer = tls.connect({.protocols = {}, .certificate = client.certificate.get(), .key = client.key.get()});
    QVERIFY(peer.isConnected());
    QCOMPARE(reasonOf(ask(peer)), std::string("missing_credentials"));
}

void TestClientCertificates::aTokenBesideIt()
{
    const Upstream upstream;
    const Pair root = authority("Root");
    const Pair client = make({.commonNames = {"robot"}, .issuer = &root});
    TlsWorld tls(stateOf(upstream.url(), {access::AnyValidServiceTokenRule{}, access::CertificateRule{}}), asking(root));
    const TlsPeer::Settings settings{.protocols = {}, .certificate = client.certificate.get(), .key = client.key.get()};
    TlsPeer peer = tls.connect(settings);
    const auto jwt = jose::decodeJwt(assertionOf(ask(peer, token(1).headers())));
    QVERIFY(jwt);
    QCOMPARE(*jwt->payload.find("common_name")->asString(), token(1).clientId);   // The token is who asks.
    TlsPeer wrong = tls.connect(settings);
    QCOMPARE(reasonOf(ask(wrong, "CF-Access-Client-Id: " + token(1).clientId + "\r\nCF-Access-Client-Secret: wrong\r\n")), std::string("wrong_secret"));
}

void TestClientCertificates::noCookieInLegacyMode()
{
    const Upstream upstream;
    const Pair root = authority("Root");
    const Pair client = make({.commonNames = {"robot"}, .issuer = &root});
    State state = stateOf(upstream.url(), {access::CertificateRule{}});
    state.organization.strict = false;
    TlsWorld tls(std::move(state), asking(root));
    TlsPeer peer = tls.connect({.protocols = {}, .certificate = client.certificate.get(), .key = client.key.get()});
    const std::string answer = ask(peer);
    QVERIFY2(answer.starts_with("HTTP/1.1 200"), answer.c_str());
    const std::string jwt = assertionOf(answer);
    QVERIFY(!jwt.empty());
    QVERIFY(!QByteArray::fromStdString(answer).toLower().contains("set-cookie"));
    // Nor is its JWT a session of anybody's.
    QCOMPARE(tls.world.ask(get("/", "Cookie: CF_Authorization=" + jwt + "\r\n")).header("Latchkey-Reason"), std::string("session_revoked"));
}

void TestClientCertificates::authoritiesAreChecked_data()
{
    QTest::addColumn<QByteArray>("pem");
    QTest::addColumn<bool>("isGood");
    const Pair root = authority("Root");
    const Pair client = make({.commonNames = {"robot"}, .issuer = &root});
    const auto of = [](const std::string& text) { return QByteArray::fromStdString(text); };
    QTest::newRow("one") << of(root.pem()) << true;
    QTest::newRow("two, and words between them") << of("Ours:\n" + root.pem() + "\nTheirs:\n" + authority("Other").pem()) << true;
    QTest::newRow("nothing") << QByteArray() << false;
    QTest::newRow("no PEM") << QByteArray("rubbish") << false;
    QTest::newRow("cut off") << of(root.pem()).chopped(40) << false;
    QTest::newRow("the second cut off") << of(root.pem() + authority("Other").pem()).chopped(40) << false;
    QTest::newRow("who may not vouch") << of(client.pem()) << false;
    QTest::newRow("who may not vouch behind one who may") << of(root.pem() + client.pem()) << false;
}

void TestClientCertificates::authoritiesAreChecked()
{
    QFETCH(QByteArray, pem);
    QFETCH(bool, isGood);
    const auto checked = edge::checkClientRoots(pem.toStdString());
    QCOMPARE(checked.has_value(), isGood);
    if (!isGood)
        QVERIFY(checked.error().message.starts_with("The authorities for client certificates "));
}

LATCHKEY_TEST(TestClientCertificates)

} // namespace tst_edge_clientcertificates

#include "tst_edge_clientcertificates.moc"
