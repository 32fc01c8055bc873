// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/ClientSource.h"
#include "app/Watcher.h"

#include "TestProgram.h"

#include <QApplication>
#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

namespace tst_app_watcher {

using namespace latchkey;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

class FixedClock final : public Clock {
public:
    [[nodiscard]] std::chrono::sys_seconds now() const override { return std::chrono::sys_seconds(1'795'435'471s); }
};

access::ServiceToken token(const std::string& id)
{
    access::ServiceToken made;
    made.id.value = id;
    made.name = id;
    return made;
}

class FakeSource final : public app::WatchedSource {
public:
    FakeSource(std::string id, std::chrono::seconds interval, int& looks)
        : m_id(std::move(id)), m_interval(interval), m_looks(looks) { }
    [[nodiscard]] std::string profileId() const override { return m_id; }
    [[nodiscard]] QString name() const override { return QString::fromStdString(m_id); }
    [[nodiscard]] std::chrono::seconds interval() const override { return m_interval; }
    void look(ListHandler handler) override { ++m_looks; pending = std::move(handler); }
    void refresh(const access::TokenId&, TokenHandler) override { }
    void answer(Result<std::optional<std::vector<access::ServiceToken>>> list) { std::exchange(pending, nullptr)(std::move(list)); }
    ListHandler pending;

private:
    std::string m_id;
    std::chrono::seconds m_interval;
    int& m_looks;
};

/// Answers list requests in the agent's form, page by page, with revisions; counts what it sent in full.
class ListServer final : public QTcpServer {
public:
    ListServer()
    {
        listen(QHostAddress::LocalHost);
        connect(this, &QTcpServer::newConnection, this, [this] {
            QTcpSocket* socket = nextPendingConnection();
            connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
            connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
                const QByteArray head = socket->readAll();
                const int page = head.contains("page=2") ? 1 : 0;
                const QByteArray tag = withRevisions ? "W/\"" + revisions[page] + "\"" : QByteArray();
                if (!tag.isEmpty() && head.toLower().contains("if-none-match: " + tag.toLower())) {
                    ++unchanged;
                    socket->write("HTTP/1.1 304 Not Modified\r\nETag: " + tag + "\r\nContent-Length: 0\r\n\r\n");
                    return;
                }
                ++sent;
                QByteArray items;
                for (int i = page * 1000; i < std::min((page + 1) * 1000, count); ++i)
                    items += (items.isEmpty() ? "" : ",") + item(i);
                const QByteArray body = "{\"success\":true,\"errors\":[],\"messages\":[],\"result\":[" + items + "],\"result_info\":{\"page\":" + QByteArray::number(page + 1)
                    + ",\"per_page\":1000,\"count\":1,\"total_count\":" + QByteArray::number(count) + ",\"total_pages\":" + QByteArray::number((count + 999) / 1000) + "}}";
                socket->write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + (tag.isEmpty() ? tag : "ETag: " + tag + "\r\n") + "Content-Length: "
                              + QByteArray::number(body.size()) + "\r\n\r\n" + body);
            });
        });
    }
    int count = 2;
    int sent = 0;
    int unchanged = 0;
    bool withRevisions = true;
    std::array<QByteArray, 2> revisions{"a1", "b1"};

private:
    static QByteArray item(int i)
    {
        return "{\"id\":\"f174e90a-fafe-4643-bbbc-" + QByteArray::number(i).rightJustified(12, '0')
            + "\",\"client_id\":\"88bf3b6d86161464f6509f7219099e57.access\",\"name\":\"t\",\"duration\":\"8760h\",\"enabled\":true,"
              "\"created_at\":\"2026-01-01T05:20:00Z\",\"updated_at\":\"2026-01-01T05:20:00Z\",\"expires_at\":\"2027-01-01T05:20:00Z\"}";
    }
};

} // namespace

class TestWatcher final : public QObject {
    Q_OBJECT

    FixedClock m_clock;

private Q_SLOTS:
    void looksAtOnceAndKeepsTheLastList()
    {
        app::Watcher watcher(m_clock);
        QSignalSpy failed(&watcher, &app::Watcher::failed);
        int lookedCount = 0;
        connect(&watcher, &app::Watcher::looked, this, [&] { ++lookedCount; });
        int looks = 0;
        auto source = std::make_unique<FakeSource>("one", 300s, looks);
        FakeSource& fake = *source;
        watcher.add(std::move(source));
        QCOMPARE(looks, 1);
        QVERIFY(watcher.lists().empty());
        fake.answer(std::vector{token("a"), token("b")});
        QCOMPARE(lookedCount, 1);
        QCOMPARE(watcher.lists().size(), 1u);
        QCOMPARE(watcher.lists().front().tokens.size(), 2u);

        watcher.lookSoon("one");
        watcher.lookSoon("one");   // together one look
        QTRY_COMPARE_WITH_TIMEOUT(looks, 2, 6000);
        fake.answer(std::nullopt);   // unchanged: the list stays
        QCOMPARE(lookedCount, 2);
        QCOMPARE(watcher.lists().front().tokens.size(), 2u);

        watcher.lookSoon("one");
        QTRY_COMPARE_WITH_TIMEOUT(looks, 3, 6000);
        fake.answer(fail(ErrorCode::network, "Nothing answers."));
        QCOMPARE(watcher.failing(), 1);
        QCOMPARE(watcher.lists().front().tokens.size(), 2u);
        watcher.remove("one");
        QCOMPARE(watcher.failing(), 0);
        QVERIFY(watcher.lists().empty());
        watcher.lookSoon("one");   // gone: no matter
    }

    void oneProfileHasOneSource()
    {
        app::Watcher watcher(m_clock);
        int first = 0;
        int second = 0;
        watcher.add(std::make_unique<FakeSource>("one", 300s, first));
        watcher.add(std::make_unique<FakeSource>("one", 300s, second));
        QCOMPARE(watcher.sourceCount(), 1u);
        QCOMPARE(second, 1);
    }

    void aFailingSourceIsAskedLessAndLess()
    {
        app::Watcher watcher(m_clock);
        int looks = 0;
        auto source = std::make_unique<FakeSource>("one", 1s, looks);
        FakeSource& fake = *source;
        watcher.add(std::move(source));
        QElapsedTimer time;
        for (int i = 1; i <= 2; ++i) {
            fake.answer(fail(ErrorCode::network, "Nothing answers."));
            time.start();
            QTRY_COMPARE_WITH_TIMEOUT(looks, i + 1, 10'000);
        }
        QVERIFY2(time.elapsed() > 2500, "four seconds, a tenth sooner or later, and whole seconds at most");
    }

    void anUnchangedListIsNotSentAgain_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<int>("pages");
        QTest::newRow("one page") << 2 << 1;
        QTest::newRow("two pages") << 1500 << 2;
    }
    void anUnchangedListIsNotSentAgain()
    {
        QFETCH(int, count);
        QFETCH(int, pages);
        ListServer server;
        server.count = count;
        client::ManagementClient client({QUrl(u"http://127.0.0.1:%1/client/v4"_s.arg(server.serverPort())), std::string(32, 'a')}, SecretBytes("token"));
        app::ClientSource source("one", u"One"_s, client, 300s);
        const auto look = [&] {
            std::optional<Result<std::optional<std::vector<access::ServiceToken>>>> answer;
            source.look([&](auto list) { answer = std::move(list); });
            (void)QTest::qWaitFor([&] { return answer.has_value(); }, 20'000);
            return answer && *answer ? std::move(**answer) : std::nullopt;
        };
        auto list = look();
        QVERIFY(list.has_value());
        QCOMPARE(list->size(), static_cast<std::size_t>(count));
        QCOMPARE(server.sent, pages);
        QVERIFY(!look().has_value());
        QCOMPARE(server.sent, pages);
        QCOMPARE(server.unchanged, pages);
        // The last page changed: everything anew, since what moved between pages cannot be told.
        server.revisions[static_cast<std::size_t>(pages - 1)] = "x9";
        list = look();
        QVERIFY(list.has_value());
        QCOMPARE(list->size(), static_cast<std::size_t>(count));
        QVERIFY(!look().has_value());
        // A server without revisions sends all every time.
        server.withRevisions = false;
        server.revisions[0] = "y9";
        QVERIFY(look().has_value());
        QVERIFY(look().has_value());
    }
};

LATCHKEY_WIDGET_TEST(TestWatcher)

} // namespace tst_app_watcher

#include "tst_app_watcher.moc"
