// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// What a request does must not allocate: every allocation of this program is counted.
#include "agent/access/ClientSecret.h"
#include "agent/access/CompiledApplication.h"
#include "agent/access/TokenMap.h"

#include "TestProgram.h"

#include <QTest>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> allocations = 0;

} // namespace

void* operator new(std::size_t size)
{
    allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* memory = std::malloc(size != 0 ? size : 1))
        return memory;
    throw std::bad_alloc();
}

void operator delete(void* memory) noexcept
{
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept
{
    std::free(memory);
}

using namespace latchkey;
using namespace latchkey::access;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::sys_seconds now{1'795'000'000s};

Application application()
{
    Application wanted;
    wanted.id = {"33333333-3333-4333-8333-333333333333"};
    wanted.domain = "app.example.com";
    const Rule network = IpRule{IpNetwork::parse("10.0.0.0/8").value()};
    const Rule elsewhere = IpRule{IpNetwork::parse("192.0.2.0/24").value()};
    const Rule token = ServiceTokenRule{{"11111111-1111-4111-8111-111111111111"}};
    const auto add = [&](PolicyDecision decision, std::vector<Rule> include, std::vector<Rule> require, std::vector<Rule> exclude) {
        Policy policy;
        policy.precedence = static_cast<int>(wanted.policies.size()) + 1;
        policy.id = {"a policy id that is too long to be stored inside of a string object"};
        policy.decision = decision;
        policy.include = std::move(include);
        policy.require = std::move(require);
        policy.exclude = std::move(exclude);
        wanted.policies.push_back(std::move(policy));
    };
    add(PolicyDecision::bypass, {elsewhere}, {EveryoneRule{}}, {});
    add(PolicyDecision::nonIdentity, {EveryoneRule{}}, {elsewhere}, {});
    add(PolicyDecision::nonIdentity, {AnyValidServiceTokenRule{}}, {}, {network});
    add(PolicyDecision::allow, {EveryoneRule{}}, {}, {});
    add(PolicyDecision::allow, {GeoRule{"DE"}, LoginMethodRule{"idp"}}, {EmailDomainRule{"example.com"}}, {EmailRule{"a@example.com"}});
    add(PolicyDecision::deny, {token}, {network}, {CertificateRule{}, CommonNameRule{"a"}, UnknownRule{"geo", "{}"}});
    return wanted;
}

/// How often `what` allocates when it runs 100 times.
template <typename Work>
std::size_t counted(Work&& work)
{
    const std::size_t before = allocations.load();
    for (int i = 0; i < 100; ++i)
        work();
    return allocations.load() - before;
}

} // namespace

class TestHotPath : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theCounterCounts();
    void decidingAllocatesNothing();
    void authenticatingAllocatesNothing();
    void findingAllocatesNothing();
};

void TestHotPath::theCounterCounts()
{
    std::string text;
    QVERIFY(counted([&] { text = std::string(100, 'a'); }) >= 100);
}

void TestHotPath::decidingAllocatesNothing()
{
    const auto compiled = CompiledApplication::compile(application()).value();
    TokenEntry token;
    token.id = uuidBytes("11111111-1111-4111-8111-111111111111").value();
    TokenEntry other;
    const Identity person{"somebody with a rather long address@example.com", {}, {"a group with a name that is rather long"}, "DE", {}};
    for (const TokenEntry* who : {static_cast<const TokenEntry*>(nullptr), static_cast<const TokenEntry*>(&token), static_cast<const TokenEntry*>(&other)}) {
        for (const char* where : {"10.1.2.3", "192.0.2.1", "203.0.113.9", "2001:db8::1"}) {
            const Subject subject{who, IpAddress::parse(where).value()};
            Subject both = subject;
            both.identity = &person;
            Decision decision;
            QCOMPARE(counted([&] { decision = compiled->decide(subject, Mode::strict, now); }), std::size_t(0));
            QCOMPARE(counted([&] { decision = compiled->decide(both, Mode::legacy, now); }), std::size_t(0));
        }
    }
}

void TestHotPath::authenticatingAllocatesNothing()
{
    TokenEntry token;
    token.current = hashClientSecret("current");
    const auto right = token.current;
    const auto wrong = hashClientSecret("wrong");
    Reason reason = Reason::allowed;
    QCOMPARE(counted([&] { reason = authenticate(&token, right, now); }), std::size_t(0));
    QVERIFY(reason == Reason::allowed);
    QCOMPARE(counted([&] { reason = authenticate(&token, wrong, now); }), std::size_t(0));
    QVERIFY(reason == Reason::wrongSecret);
    QCOMPARE(counted([&] { reason = authenticate(nullptr, right, now); }), std::size_t(0));
    QVERIFY(reason == Reason::unknownClientId);
    base::Sha256 hasher;
    base::Digest digest{};
    QCOMPARE(counted([&] { digest = hasher.hash("current"); }), std::size_t(0));
    QVERIFY(digest == right);
}

void TestHotPath::findingAllocatesNothing()
{
    auto entry = std::make_shared<TokenEntry>();
    entry->clientId = "0123456789abcdef0123456789abcdef.access";
    const TokenMap map = TokenMap().with(entry);
    const TokenEntry* found = nullptr;
    QCOMPARE(counted([&] { found = map.find("0123456789abcdef0123456789abcdef.access"); }), std::size_t(0));
    QVERIFY(found == entry.get());
    QCOMPARE(counted([&] { found = map.find("ffffffffffffffffffffffffffffffff.access"); }), std::size_t(0));
    QVERIFY(found == nullptr);
    std::optional<TokenMap> copy;
    QCOMPARE(counted([&] { copy = map; }), std::size_t(0));
}

LATCHKEY_TEST(TestHotPath)

#include "tst_access_hotpath.moc"
