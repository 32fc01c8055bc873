// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EdgeTesting.h"

#include "TestProgram.h"

#include <QTest>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {

/// Watches what this program gives back to the heap: the last moment at which a block may be looked at.
namespace heapWatch {

// The secrets of EdgeTesting are a long run of this; nothing else has one.
constexpr char mark = 'b';
constexpr std::size_t run = 24;

std::atomic<bool> armed = false;
std::atomic<int> released = 0;
std::atomic<int> leaked = 0;     // blocks that still held a run of a secret

// Each block has its size in front, because a deallocation does not always say it.
constexpr std::size_t headSize = alignof(std::max_align_t);

void* take(std::size_t size)
{
    auto* block = static_cast<char*>(std::malloc(size + headSize));
    if (block == nullptr)
        throw std::bad_alloc();
    std::memcpy(block, &size, sizeof size);
    return block + headSize;
}

void giveBack(void* memory) noexcept
{
    if (memory == nullptr)
        return;
    char* const block = static_cast<char*>(memory) - headSize;
    std::size_t size = 0;
    std::memcpy(&size, block, sizeof size);
    if (armed) {
        ++released;
        const auto* bytes = static_cast<const char*>(memory);
        std::size_t length = 0;
        for (std::size_t i = 0; i < size && length < run; ++i)
            length = bytes[i] == mark ? length + 1 : 0;
        leaked += length >= run ? 1 : 0;
    }
    std::free(block);
}

} // namespace heapWatch

} // namespace

void* operator new(std::size_t size) { return heapWatch::take(size); }
void* operator new[](std::size_t size) { return heapWatch::take(size); }
void operator delete(void* memory) noexcept { heapWatch::giveBack(memory); }
void operator delete[](void* memory) noexcept { heapWatch::giveBack(memory); }
void operator delete(void* memory, std::size_t) noexcept { heapWatch::giveBack(memory); }
void operator delete[](void* memory, std::size_t) noexcept { heapWatch::giveBack(memory); }

namespace tst_edge_wiping {

using namespace edgeTesting;

/// A client's secret is in no memory that the edge gives back, however the request that held it came and ended.
class TestEdgeWiping : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theWatchSees();
    void noMemoryKeepsASecret_data();
    void noMemoryKeepsASecret();
};

void TestEdgeWiping::theWatchSees()
{
    heapWatch::leaked = 0;
    heapWatch::armed = true;
    delete new std::string(100, heapWatch::mark);
    heapWatch::armed = false;
    QCOMPARE(heapWatch::leaked.load(), 1);
}

void TestEdgeWiping::noMemoryKeepsASecret_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<int>("status");   // 0: the client goes without waiting for an answer
    const QByteArray headers = QByteArray::fromStdString(token(1).headers());
    const QByteArray start = "GET / HTTP/1.1\r\nHost: app.test\r\n";
    const QByteArray padding = "X-Padding: " + QByteArray(15'000, 'x') + "\r\n";
    const QByteArray post = "POST / HTTP/1.1\r\nHost: app.test\r\n" + headers;
    QByteArray wrong = headers;
    wrong.replace("b1\r\n", "bc\r\n");
    QVERIFY(wrong != headers);
    const QByteArray single = QByteArray(R"(X-Service: {"cf-access-client-id":"<id>","cf-access-client-secret":"<secret>"})")
                                  .replace("<id>", QByteArray::fromStdString(token(1).clientId))
                                  .replace("<secret>", QByteArray::fromStdString(token(1).secret))
                              + "\r\n";
    QTest::newRow("a small head") << start + headers + "\r\n" << 200;
    QTest::newRow("a head that outgrows the first buffer") << start + headers + padding + padding + "\r\n" << 200;
    QTest::newRow("a head that outgrows the second buffer, too") << start + headers + padding + padding + padding + "\r\n" << 200;
    QTest::newRow("a head that is too large") << start + headers + padding + padding + padding + padding + padding + "\r\n" << 431;
    QTest::newRow("a body that needs a larger buffer") << post + "Content-Length: 100000\r\n\r\n" + QByteArray(100'000, 'x') << 200;
    QTest::newRow("a wrong secret") << start + wrong + padding + padding + "\r\n" << 401;
    QTest::newRow("the single header") << start + single + "\r\n" << 200;
    QTest::newRow("the single header in a large head") << start + single + padding + padding + "\r\n" << 200;
    QTest::newRow("the single header, no JSON behind the secret")
        << start + QByteArray(single).replace("\"}", "\",\"x\":{\"y\":[1,2}") + "\r\n" << 401;
    QTest::newRow("a head that is malformed behind it") << start + headers + padding + "X Y: z\r\n\r\n" << 400;
    QTest::newRow("half a head") << start + headers + padding + padding << 0;
    QTest::newRow("half a body") << post + "Content-Length: 100000\r\n\r\n" + QByteArray(50'000, 'x') << 0;
    QTest::newRow("no application") << QByteArray(start + headers + padding + padding + "\r\n").replace("app.test", "none.test") << 404;
}

void TestEdgeWiping::noMemoryKeepsASecret()
{
    QFETCH(QByteArray, request);
    QFETCH(int, status);
    const Upstream upstream([](Peer& peer) {
        while (readMessage(peer).complete)
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    State state = simpleState(upstream.url());
    state.applications[1].options.readServiceTokensFromHeader = "X-Service";
    World world(std::move(state));
    const std::string_view bytes(request.constData(), static_cast<std::size_t>(request.size()));
    heapWatch::released = 0;
    heapWatch::leaked = 0;
    heapWatch::armed = true;
    for (int times = 0; times < 2; ++times) {   // A buffer that is used again gives nothing back the first time.
        Peer peer = world.connect();
        peer.send(bytes);
        if (status != 0)
            QCOMPARE(readMessage(peer).status(), status);
        else
            QVERIFY(!peer.waitReadable(50));   // It has read what there is, or will before it stops.
    }
    world.stop();
    heapWatch::armed = false;
    QVERIFY(heapWatch::released > 10);
    QCOMPARE(heapWatch::leaked.load(), 0);
}

LATCHKEY_TEST(TestEdgeWiping)

} // namespace tst_edge_wiping

#include "tst_edge_wiping.moc"
