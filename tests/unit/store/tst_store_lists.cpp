// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include <QtTest>

#include "Samples.h"
#include "TestProgram.h"

#include <atomic>
#include <thread>

namespace tst_store_lists {

using namespace latchkey;
using namespace latchkey::store;
using namespace latchkey::store::test;

namespace {

constexpr int kMany = 10'000;

/// What the reader lists, by name, `!` and the words if it failed.
QStringList names(Reader& reader, const TokenFilter& filter)
{
    const auto page = reader.tokens(filter);
    if (!page)
        return {QStringLiteral("!") + QString::fromStdString(words(page))};
    QStringList result;
    for (const auto& token : page->items)
        result += QString::fromStdString(token.name);
    return result;
}

} // namespace

class TestStoreLists : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void pagesHoldNewestFirst_data();
    void pagesHoldNewestFirst();
    void aPageThatIsNoneIsRefused_data();
    void aPageThatIsNoneIsRefused();
    void aThousandAtStart();
    void searchTakesWordsLiterally_data();
    void searchTakesWordsLiterally();
    void oneSecondKeepsTheOrderOfArrival();
    void applicationsArePagedWithTheirPolicies();
    void theLogKeepsTheNewest_data();
    void theLogKeepsTheNewest();
    void theLogIsInOrderOfTime();
    void readersSeeWholeTransactionsWhileOneWrites();

private:
    QTemporaryDir m_directory;   ///< With kMany tokens in it.
};

void TestStoreLists::initTestCase()
{
    auto store = Store::open(pathOf(m_directory));
    LATCHKEY_REQUIRE(store);
    LATCHKEY_REQUIRE((*store)->begin());
    for (int i = 0; i < kMany; ++i)
        LATCHKEY_REQUIRE((*store)->insertToken(plainToken(i, "token " + std::to_string(i % 1000))));
    LATCHKEY_REQUIRE((*store)->commit());
}

void TestStoreLists::pagesHoldNewestFirst_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("search");
    QTest::addColumn<int>("page");
    QTest::addColumn<int>("perPage");
    QTest::addColumn<int>("total");
    QTest::addColumn<int>("size");
    QTest::addColumn<int>("first");   // The number of the first token, -1: none.
    const QString any;
    QTest::newRow("the first") << any << any << 1 << 100 << kMany << 100 << 9999;
    QTest::newRow("the second") << any << any << 2 << 100 << kMany << 100 << 9899;
    QTest::newRow("the last") << any << any << 100 << 100 << kMany << 100 << 99;
    QTest::newRow("an odd last") << any << any << 4 << 3333 << kMany << 1 << 0;
    QTest::newRow("behind the last") << any << any << 101 << 100 << kMany << 0 << -1;
    QTest::newRow("far behind") << any << any << 2147483647 << 2147483647 << kMany << 0 << -1;
    QTest::newRow("by name") << QStringLiteral("token 7") << any << 1 << 4 << 10 << 4 << 9007;
    QTest::newRow("by name, case matters") << QStringLiteral("Token 7") << any << 1 << 4 << 0 << 0 << -1;
    QTest::newRow("by part of the name") << any << QStringLiteral("KEN 99") << 2 << 100 << 110 << 10 << 998;
    QTest::newRow("by part of the Client ID") << any << QStringLiteral("A1234.Access") << 1 << 100 << 1 << 1 << 1234;
    QTest::newRow("by both") << QStringLiteral("token 7") << QStringLiteral("a7.access") << 1 << 100 << 1 << 1 << 7;
}

void TestStoreLists::pagesHoldNewestFirst()
{
    QFETCH(QString, name);
    QFETCH(QString, search);
    QFETCH(int, page);
    QFETCH(int, perPage);
    QFETCH(int, total);
    QFETCH(int, size);
    QFETCH(int, first);
    auto reader = Reader::open(pathOf(m_directory));
    LATCHKEY_REQUIRE(reader);
    const auto result = (*reader)->tokens({name.toStdString(), search.toStdString(), page, perPage});
    LATCHKEY_REQUIRE(result);
    QCOMPARE(result->totalCount, total);
    QCOMPARE(result->page, page);
    QCOMPARE(result->perPage, perPage);
    QCOMPARE(static_cast<int>(result->items.size()), size);
    if (first >= 0)
        QCOMPARE(result->items.front().id, plainToken(first, {}).token.id);
    for (std::size_t i = 1; i < result->items.size(); ++i)
        QVERIFY(result->items[i - 1].createdAt > result->items[i].createdAt);
}

void TestStoreLists::aPageThatIsNoneIsRefused_data()
{
    QTest::addColumn<int>("page");
    QTest::addColumn<int>("perPage");
    QTest::newRow("page 0") << 0 << 10;
    QTest::newRow("page -1") << -1 << 10;
    QTest::newRow("no entries a page") << 1 << 0;
}

void TestStoreLists::aPageThatIsNoneIsRefused()
{
    QFETCH(int, page);
    QFETCH(int, perPage);
    auto reader = Reader::open(pathOf(m_directory));
    LATCHKEY_REQUIRE(reader);
    QCOMPARE((*reader)->tokens({{}, {}, page, perPage}).error().code, ErrorCode::invalidArgument);
    QCOMPARE((*reader)->applications(page, perPage, {}).error().code, ErrorCode::invalidArgument);
}

void TestStoreLists::aThousandAtStart()
{
    QTemporaryDir directory;
    {
        auto store = Store::open(pathOf(directory));
        LATCHKEY_REQUIRE(store);
        LATCHKEY_REQUIRE((*store)->begin());
        for (int i = 0; i < 1000; ++i)
            LATCHKEY_REQUIRE((*store)->insertToken(fullToken(i)));
        LATCHKEY_REQUIRE((*store)->commit());
    }
    std::size_t count = 0;
    QBENCHMARK {
        auto store = Store::open(pathOf(directory));
        LATCHKEY_REQUIRE(store);
        count = (*store)->allTokens()->size();
    }
    QCOMPARE(count, std::size_t{1000});
}

void TestStoreLists::searchTakesWordsLiterally_data()
{
    QTest::addColumn<QString>("search");
    QTest::addColumn<QStringList>("found");   // Newest first.
    const auto row = [](const char* title, const char* search, const QStringList& found) {
        QTest::newRow(title) << QString::fromUtf8(search) << found;
    };
    row("a percent sign", "100%", {QStringLiteral("100% done")});
    row("an underscore", "a_b", {QStringLiteral("a_b")});
    row("a backslash", "\\", {QStringLiteral("back\\slash")});
    row("quotes", "'; DROP", {QStringLiteral("'; DROP TABLE tokens; --")});
    row("ASCII without case", "DONE", {QStringLiteral("100% done")});
    row("umlauts without case", "ÜBER", {QStringLiteral("Über Straße")});
    row("umlauts as written", "über", {QStringLiteral("Über Straße")});
    row("a decomposed accent", "u\u0308ber", {QStringLiteral("Über Straße")});
    row("Greek without case", "ΣΊΣΥΦΟΣ", {QString::fromUtf8("Σίσυφος")});
    row("Chinese", "令牌", {QString::fromUtf8("令牌")});
    row("an emoji", "🔑", {QString::fromUtf8("key 🔑")});
    row("nothing like it", "zzz", {});
}

void TestStoreLists::searchTakesWordsLiterally()
{
    QFETCH(QString, search);
    QFETCH(QStringList, found);
    QTemporaryDir directory;
    auto store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    LATCHKEY_REQUIRE((*store)->begin());
    int number = 0;
    for (const char* name : {"100% done", "1000 things", "a_b", "aXb", "back\\slash", "'; DROP TABLE tokens; --", "Über Straße",
                             "Uber", "Σίσυφος", "令牌", "key 🔑"}) {
        LATCHKEY_REQUIRE((*store)->insertToken(plainToken(++number, name)));
    }
    LATCHKEY_REQUIRE((*store)->commit());
    auto reader = Reader::open(pathOf(directory));
    LATCHKEY_REQUIRE(reader);
    QCOMPARE(names(**reader, {{}, search.toStdString(), 1, 100}), found);
}

void TestStoreLists::oneSecondKeepsTheOrderOfArrival()
{
    QTemporaryDir directory;
    auto store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    LATCHKEY_REQUIRE((*store)->begin());
    for (int i = 1; i <= 4; ++i) {
        auto record = plainToken(i, std::to_string(i));
        record.token.createdAt = at(1'700'000'000);
        LATCHKEY_REQUIRE((*store)->insertToken(record));
    }
    LATCHKEY_REQUIRE((*store)->commit());
    auto reader = Reader::open(pathOf(directory));
    LATCHKEY_REQUIRE(reader);
    QCOMPARE(names(**reader, {{}, {}, 1, 3}) + names(**reader, {{}, {}, 2, 3}), QStringLiteral("4 3 2 1").split(QLatin1Char(' ')));
    QVERIFY((*reader)->token(plainToken(2, {}).token.id)->value().name == "2");
    QVERIFY(!(*reader)->token(access::TokenId{"none"})->has_value());
}

void TestStoreLists::applicationsArePagedWithTheirPolicies()
{
    QTemporaryDir directory;
    auto store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    LATCHKEY_REQUIRE((*store)->begin());
    for (int i = 1; i <= 5; ++i)
        LATCHKEY_REQUIRE((*store)->insertApplication(fullApplication(i)));
    LATCHKEY_REQUIRE((*store)->commit());
    auto reader = Reader::open(pathOf(directory));
    LATCHKEY_REQUIRE(reader);
    const auto page = (*reader)->applications(2, 2, {});
    LATCHKEY_REQUIRE(page);
    QCOMPARE(page->totalCount, 5);
    QVERIFY(page->items == (std::vector{fullApplication(3), fullApplication(2)}));
    QCOMPARE((*reader)->applications(1, 10, "überWACHUNG 4")->items, std::vector{fullApplication(4)});
    QCOMPARE((*reader)->applications(1, 10, "GRAFANA-1.")->items, std::vector{fullApplication(1)});
    QCOMPARE((*reader)->applications(1, 10, "%")->totalCount, 0);
    QVERIFY((*reader)->application(fullApplication(5).id)->value() == fullApplication(5));
    QVERIFY(!(*reader)->application(access::ApplicationId{"none"})->has_value());
}

void TestStoreLists::theLogKeepsTheNewest_data()
{
    QTest::addColumn<int>("keep");
    QTest::addColumn<int>("limit");
    QTest::addColumn<int>("size");
    QTest::newRow("all of them") << 100 << 1000 << 30;
    QTest::newRow("the newest ten") << 10 << 1000 << 10;
    QTest::newRow("fewer than kept") << 10 << 4 << 4;
    QTest::newRow("exactly one") << 1 << 1000 << 1;
    QTest::newRow("none") << 0 << 1000 << 0;
    QTest::newRow("none are asked for") << 10 << 0 << 0;
}

void TestStoreLists::theLogKeepsTheNewest()
{
    QFETCH(int, keep);
    QFETCH(int, limit);
    QFETCH(int, size);
    QTemporaryDir directory;
    auto store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    for (int batch = 0; batch < 3; ++batch) {
        std::vector<LogRow> rows;
        for (int i = 0; i < 10; ++i)
            rows.push_back(logRow(batch * 10 + i));
        LATCHKEY_REQUIRE((*store)->begin());
        LATCHKEY_REQUIRE((*store)->appendLog(rows, keep));
        LATCHKEY_REQUIRE((*store)->commit());
    }
    auto reader = Reader::open(pathOf(directory));
    LATCHKEY_REQUIRE(reader);
    const auto log = (*reader)->log(limit);
    LATCHKEY_REQUIRE(log);
    QCOMPARE(static_cast<int>(log->size()), size);
    for (int i = 0; i < size; ++i)
        QCOMPARE(log->at(static_cast<std::size_t>(i)).rayId, "ray" + std::to_string(29 - i));
    if (size > 0) {
        const LogRow& row = log->front();
        const LogRow expected = logRow(29);
        QVERIFY(row.at == expected.at && row.method == expected.method && row.host == expected.host && row.path == expected.path
                && row.peer == expected.peer && row.applicationId == expected.applicationId && row.tokenId == expected.tokenId
                && row.clientId == expected.clientId && row.policyId == expected.policyId && row.reason == expected.reason
                && row.allowed == expected.allowed && row.status == expected.status);
    }
}

void TestStoreLists::theLogIsInOrderOfTime()
{
    QTemporaryDir directory;
    auto store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    LATCHKEY_REQUIRE((*store)->begin());
    LATCHKEY_REQUIRE((*store)->appendLog(std::vector{logRow(2), logRow(4)}, 10));   // One worker's bundle,
    LATCHKEY_REQUIRE((*store)->appendLog(std::vector{logRow(1), logRow(3)}, 10));   // and another's.
    LATCHKEY_REQUIRE((*store)->commit());
    auto reader = Reader::open(pathOf(directory));
    LATCHKEY_REQUIRE(reader);
    QStringList order;
    const auto log = (*reader)->log(10);
    LATCHKEY_REQUIRE(log);
    for (const LogRow& row : *log)
        order += QString::fromStdString(row.rayId);
    QCOMPARE(order, QStringLiteral("ray4 ray3 ray2 ray1").split(QLatin1Char(' ')));
}

void TestStoreLists::readersSeeWholeTransactionsWhileOneWrites()
{
    QTemporaryDir directory;
    auto store = Store::open(pathOf(directory));
    LATCHKEY_REQUIRE(store);
    std::atomic<bool> isDone = false;
    std::atomic<int> torn = 0;
    std::atomic<int> failures = 0;
    std::atomic<int> reads = 0;
    const auto readAll = [&] {
        auto reader = Reader::open(pathOf(directory));   // On its own thread, as the contract says.
        int last = 0;
        while (!isDone && reader) {
            const auto page = (*reader)->tokens({{}, {}, 1, 1000});
            if (!page || page->totalCount != static_cast<int>(page->items.size()) || page->totalCount < last)
                ++failures;
            else if (page->totalCount % 5 != 0)
                ++torn;
            else
                last = page->totalCount;
            ++reads;
        }
        failures += reader ? 0 : 1;
    };
    std::thread first(readAll);
    std::thread second(readAll);
    int errors = 0;
    for (int i = 0; i < 40 || reads < 20; ++i) {
        errors += (*store)->begin() ? 0 : 1;
        for (int j = 0; j < 5 && i < 40; ++j)
            errors += (*store)->insertToken(plainToken(i * 5 + j, "x")) ? 0 : 1;
        errors += (*store)->commit() ? 0 : 1;
        if (failures > 0)
            break;
    }
    isDone = true;
    first.join();
    second.join();
    QCOMPARE(errors, 0);
    QCOMPARE(failures.load(), 0);
    QCOMPARE(torn.load(), 0);
}

LATCHKEY_TEST(TestStoreLists)

} // namespace tst_store_lists

#include "tst_store_lists.moc"
