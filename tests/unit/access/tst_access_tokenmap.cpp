// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/access/TokenMap.h"

#include "TestProgram.h"

#include <QRandomGenerator>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <string_view>
#include <thread>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace tst_access_tokenmap {

using namespace latchkey::access;

namespace {

using Model = std::map<std::string, std::uint32_t>;   // Client ID → revision

std::string clientId(QRandomGenerator& random)
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string id;
    for (int i = 0; i < 32; ++i)
        id += digits[random.bounded(16)];
    return id + ".access";
}

std::shared_ptr<const TokenEntry> entry(const std::string& id, std::uint32_t revision)
{
    auto made = std::make_shared<TokenEntry>();
    made->clientId = id;
    made->revision = revision;
    return made;
}

bool holdsExactly(const TokenMap& map, const Model& model, const std::vector<std::string>& universe)
{
    if (map.size() != model.size())
        return false;
    return std::ranges::all_of(universe, [&](const std::string& id) {
        const TokenEntry* found = map.find(id);
        const auto expected = model.find(id);
        return expected == model.end() ? found == nullptr
                                       : found != nullptr && found->clientId == id && found->revision == expected->second;
    });
}

/// Bytes that malloc has given out, its own overhead included; 0 where it cannot tell (another C library, a sanitizer).
std::size_t allocatedBytes()
{
#if defined(__GLIBC__)
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
#else
    return 0;
#endif
}

} // namespace

class TestTokenMap : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anEmptyMapHoldsNothing();
    void addsReplacesAndRemoves();
    void agreesWithAMap_data();
    void agreesWithAMap();
    void buildsAtOnce_data();
    void buildsAtOnce();
    void buildingKeepsTheLastOfOneClientId();
    void anEntryLivesAsLongAsAMapThatHoldsIt();
    void readersNeedNoLock();
    void takesAtMost400BytesAToken();
    void oneChangeCopiesLittle();
    void removingGivesMemoryBack();
};

void TestTokenMap::anEmptyMapHoldsNothing()
{
    for (const TokenMap& map : {TokenMap(), TokenMap::build({}), TokenMap().without("a")}) {
        QCOMPARE(map.size(), std::size_t(0));
        QVERIFY(map.find("a") == nullptr);
        QVERIFY(map.find("") == nullptr);
    }
}

void TestTokenMap::addsReplacesAndRemoves()
{
    const TokenMap none;
    const TokenMap one = none.with(entry("a", 1));
    const TokenMap changed = one.with(entry("a", 2));
    const TokenMap two = changed.with(entry("b", 3));
    const TokenMap without = two.without("a");
    QCOMPARE(none.size(), std::size_t(0));
    QVERIFY(none.find("a") == nullptr);
    QCOMPARE(one.size(), std::size_t(1));
    QCOMPARE(one.find("a")->revision, 1U);
    QCOMPARE(changed.size(), std::size_t(1));
    QCOMPARE(changed.find("a")->revision, 2U);
    QCOMPARE(two.size(), std::size_t(2));
    QVERIFY(without.find("a") == nullptr);
    QCOMPARE(without.find("b")->revision, 3U);
    QCOMPARE(without.size(), std::size_t(1));
    QCOMPARE(without.without("c").size(), std::size_t(1));
    QVERIFY(two.find("a ") == nullptr && two.find("A") == nullptr && two.find("") == nullptr);
}

void TestTokenMap::agreesWithAMap_data()
{
    QTest::addColumn<int>("universe");
    QTest::addColumn<bool>("crowded");
    QTest::newRow("few ids") << 12 << false;
    QTest::newRow("many ids") << 2'000 << false;
    // Ids that fall together, so that one table has long runs to search, to grow and to close up.
    QTest::newRow("ids of three shards") << 150 << true;
}

void TestTokenMap::agreesWithAMap()
{
    QFETCH(int, universe);
    QFETCH(bool, crowded);
    QRandomGenerator random(quint32(universe) + 20261124);
    std::vector<std::string> ids;
    while (ids.size() < std::size_t(universe)) {
        std::string id = clientId(random);
        if (!crowded || std::hash<std::string_view>()(id) % 4096 < 3)
            ids.push_back(std::move(id));
    }

    TokenMap map;
    Model model;
    std::vector<std::pair<TokenMap, Model>> versions;
    for (std::uint32_t step = 1; step <= 20'000; ++step) {
        const std::string& id = ids[std::size_t(random.bounded(universe))];
        // Waves of growth and of decay.
        const int chance = step / 2'500 % 2 == 0 ? 75 : 25;
        if (random.bounded(100) < chance) {
            map = map.with(entry(id, step));
            model[id] = step;
        } else {
            map = map.without(id);
            model.erase(id);
        }
        QCOMPARE(map.size(), model.size());
        const TokenEntry* found = map.find(id);
        QCOMPARE(found != nullptr, model.contains(id));
        if (step % 500 == 0) {
            QVERIFY(holdsExactly(map, model, ids));
            versions.emplace_back(map, model);
        }
    }
    // Every old version is what it was.
    for (const auto& [oldMap, oldModel] : versions)
        QVERIFY(holdsExactly(oldMap, oldModel, ids));
}

void TestTokenMap::buildsAtOnce_data()
{
    QTest::addColumn<int>("count");
    for (const int count : {1, 2, 3, 4, 5, 100, 20'000})
        QTest::addRow("%d tokens", count) << count;
}

void TestTokenMap::buildsAtOnce()
{
    QFETCH(int, count);
    QRandomGenerator random(7);
    Model model;
    std::vector<std::string> ids;
    std::vector<std::shared_ptr<const TokenEntry>> entries;
    for (int i = 0; i < count; ++i) {
        ids.push_back(clientId(random));
        entries.push_back(entry(ids.back(), std::uint32_t(i)));
        model[ids.back()] = std::uint32_t(i);
    }
    TokenMap map = TokenMap::build(std::move(entries));
    ids.push_back("unknown");
    QVERIFY(holdsExactly(map, model, ids));
    // What was built can be changed like any other.
    map = map.with(entry("unknown", 1)).without(ids.front());
    model["unknown"] = 1;
    model.erase(ids.front());
    QVERIFY(holdsExactly(map, model, ids));
}

void TestTokenMap::buildingKeepsTheLastOfOneClientId()
{
    const TokenMap map = TokenMap::build({entry("a", 1), entry("b", 2), entry("a", 3)});
    QCOMPARE(map.size(), std::size_t(2));
    QCOMPARE(map.find("a")->revision, 3U);
}

void TestTokenMap::anEntryLivesAsLongAsAMapThatHoldsIt()
{
    auto shared = entry("a", 1);
    const std::weak_ptr<const TokenEntry> watch = shared;
    TokenMap old = TokenMap().with(std::move(shared));
    TokenMap next = old.without("a");
    QVERIFY(!watch.expired());
    QCOMPARE(old.find("a"), watch.lock().get());
    old = TokenMap();
    QVERIFY(watch.expired());
    QCOMPARE(next.size(), std::size_t(0));
}

void TestTokenMap::readersNeedNoLock()
{
    QRandomGenerator random(8);
    std::vector<std::string> ids;
    TokenMap map;
    for (std::uint32_t i = 0; i < 500; ++i) {
        ids.push_back(clientId(random));
        map = map.with(entry(ids.back(), i));
    }
    const TokenMap shared = map;
    std::atomic<bool> intact = true;
    const auto read = [&] {
        for (int round = 0; round < 200; ++round) {
            for (std::uint32_t i = 0; i < ids.size(); ++i) {
                const TokenEntry* found = shared.find(ids[i]);
                if (found == nullptr || found->revision != i)
                    intact = false;
            }
        }
    };
    {
        const std::jthread first(read);
        const std::jthread second(read);
        for (std::uint32_t i = 0; i < 20'000; ++i) {
            const std::string& id = ids[i % ids.size()];
            map = i % 3 == 0 ? map.without(id) : map.with(entry(id, 1'000'000 + i));
        }
    }
    QVERIFY(intact);
}

void TestTokenMap::takesAtMost400BytesAToken()
{
    constexpr std::size_t count = 200'000;
    QRandomGenerator random(9);
    const std::size_t before = allocatedBytes();
    TokenMap map;
    {
        std::vector<std::shared_ptr<const TokenEntry>> entries;
        entries.reserve(count);
        for (std::uint32_t i = 0; i < count; ++i)
            entries.push_back(entry(clientId(random), i));
        map = TokenMap::build(std::move(entries));
    }
    const std::size_t built = allocatedBytes();
    if (built == before)
        QSKIP("this allocator does not tell what it gave out");
    QCOMPARE(map.size(), count);
    const double perToken = double(built - before) / count;
    qInfo("%.0f bytes a token, built at once", perToken);
    QVERIFY2(perToken > sizeof(TokenEntry) && perToken <= 400, qPrintable(QString::number(perToken)));

    // Some more, one by one: what grows step by step is bounded too.
    constexpr std::uint32_t more = 20'000;
    for (std::uint32_t i = 0; i < more; ++i)
        map = map.with(entry(clientId(random), i));
    const double grown = double(allocatedBytes() - before) / (count + more);
    qInfo("%.0f bytes a token, %u of them added one by one", grown, more);
    QVERIFY2(grown <= 400, qPrintable(QString::number(grown)));
}

void TestTokenMap::oneChangeCopiesLittle()
{
    constexpr std::size_t count = 200'000;
    QRandomGenerator random(10);
    std::vector<std::shared_ptr<const TokenEntry>> entries;
    for (std::uint32_t i = 0; i < count; ++i)
        entries.push_back(entry(clientId(random), i));
    const std::string known = entries.front()->clientId;
    const TokenMap map = TokenMap::build(std::move(entries));
    const auto changed = entry(known, 1);

    // What another version needs beside the old one is what it copied: a shard and its way from the root.
    std::vector<TokenMap> versions;
    versions.reserve(100);
    const std::size_t before = allocatedBytes();
    for (int i = 0; i < 100; ++i)
        versions.push_back(map.with(changed));
    const std::size_t after = allocatedBytes();
    if (after == before)
        QSKIP("this allocator does not tell what it gave out");
    const double bytes = double(after - before) / 100;
    qInfo("%.0f bytes a change among %zu tokens", bytes, count);
    QVERIFY2(bytes < 8'000, qPrintable(QString::number(bytes)));
}

void TestTokenMap::removingGivesMemoryBack()
{
    constexpr std::size_t count = 100'000;
    QRandomGenerator random(11);
    std::vector<std::string> ids;
    std::vector<std::shared_ptr<const TokenEntry>> entries;
    for (std::uint32_t i = 0; i < count; ++i)
        ids.push_back(clientId(random));
    const std::size_t before = allocatedBytes();
    for (std::uint32_t i = 0; i < count; ++i)
        entries.push_back(entry(ids[i], i));
    TokenMap map = TokenMap::build(std::move(entries));
    entries = {};
    const std::size_t full = allocatedBytes();
    if (full == before)
        QSKIP("this allocator does not tell what it gave out");
    // One in 25 stays: about one a shard, whose table must not stay as large as it was.
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (i % 25 != 0)
            map = map.without(ids[i]);
    }
    const double few = double(allocatedBytes() - before) / double(full - before);
    qInfo("%.3f of the memory for 0.040 of the tokens", few);
    QVERIFY2(few < 0.08, qPrintable(QString::number(few)));
    for (const std::string& id : ids)
        map = map.without(id);
    const std::size_t left = allocatedBytes();
    QCOMPARE(map.size(), std::size_t(0));
    QVERIFY2(left < before + (full - before) / 50, qPrintable(QString::number(qint64(left) - qint64(before))));
}

LATCHKEY_TEST(TestTokenMap)

} // namespace tst_access_tokenmap

#include "tst_access_tokenmap.moc"
