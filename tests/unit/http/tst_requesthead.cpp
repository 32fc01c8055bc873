// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "RequestHeadTable.h"

#include "agent/http/RequestHead.h"

#include "TestProgram.h"

#include <QTest>

#include <algorithm>
#include <memory>

namespace tst_requesthead {

using namespace latchkey::http;

namespace {

// Bytes in a block of just their size, so that a look beyond them is caught by the address sanitizer, and at a new
// place each time, so that a view kept from the last call is caught as well.
class Block {
public:
    explicit Block(std::string_view bytes) : m_bytes(std::make_unique<char[]>(bytes.size())), m_size(bytes.size())
    {
        std::ranges::copy(bytes, m_bytes.get());
    }
    [[nodiscard]] std::string_view view() const { return {m_bytes.get(), m_size}; }

private:
    std::unique_ptr<char[]> m_bytes;
    std::size_t m_size;
};

std::string summarize(const RequestHead& head)
{
    std::string out(head.methodText());
    out += ' ';
    out += head.resource();
    out += ' ';
    out += head.host().empty() ? "-" : head.host();
    if (head.version() == Version::http10)
        out += " 1.0";
    if (head.framing() == Framing::length)
        out += " length:" + std::to_string(head.contentLength());
    if (head.framing() == Framing::chunked)
        out += " chunked";
    if (!head.keepAlive())
        out += " close";
    if (head.expectContinue())
        out += " expect";
    if (head.upgrade())
        out += " upgrade";
    if (head.webSocket())
        out += " websocket";
    for (const Field& field : head.fields()) {
        if (field.nominated)
            out.append(" -").append(head.name(field));
    }
    return out;
}

std::string outcome(const RequestHead& head, ParseState state)
{
    switch (state) {
    case ParseState::needMore:
        return "need more";
    case ParseState::complete:
        return summarize(head);
    case ParseState::malformed:
        return std::string(code(head.error()));
    }
    return {};
}

// Feeds the first `cut` bytes, then all.
std::string parseInTwo(std::string_view bytes, std::size_t cut)
{
    RequestHead head;
    const Block first(bytes.substr(0, cut));
    const ParseState early = head.parse(first.view());
    if (early == ParseState::malformed)
        return outcome(head, early);
    if (early == ParseState::complete)
        return "complete too early";
    const Block all(bytes);
    const ParseState state = head.parse(all.view());
    return outcome(head, state);
}

std::string parseByteByByte(std::string_view bytes)
{
    RequestHead head;
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
        const ParseState state = head.parse(bytes.substr(0, size));
        if (state != ParseState::needMore)
            return state == ParseState::complete && size != bytes.size() ? "complete too early" : outcome(head, state);
    }
    return "need more";
}

void addRows(const std::vector<HeadCase>& cases)
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("expected");
    for (const HeadCase& row : cases)
        QTest::newRow(row.name) << QByteArray::fromStdString(row.bytes) << QByteArray::fromStdString(row.expected);
}

void checkAllWays(const QByteArray& data, const QByteArray& expected)
{
    const std::string_view bytes(data.constData(), static_cast<std::size_t>(data.size()));
    RequestHead head;
    const Block whole(bytes);
    const ParseState state = head.parse(whole.view());
    QCOMPARE(QByteArray::fromStdString(outcome(head, state)), expected);
    QCOMPARE(QByteArray::fromStdString(parseByteByByte(bytes)), expected);
    // Every place a segment can end; of the few very long heads a spread of places and all those near the ends.
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
        if (bytes.size() > 4096 && cut > 64 && cut + 64 < bytes.size() && cut % 509 != 0)
            continue;
        QCOMPARE(QByteArray::fromStdString(parseInTwo(bytes, cut)), expected);
    }
}

} // namespace

class TestRequestHead : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theTableIsLongEnough()
    {
        QVERIFY(goodRequestHeads().size() + badRequestHeads().size() >= 150);
    }

    void accepts_data() { addRows(goodRequestHeads()); }
    void accepts()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, expected);
        checkAllWays(bytes, expected);
    }

    void refuses_data() { addRows(badRequestHeads()); }
    void refuses()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, expected);
        checkAllWays(bytes, expected);
    }

    void staysRefused_data() { addRows(badRequestHeads()); }
    void staysRefused()
    {
        QFETCH(QByteArray, bytes);
        RequestHead head;
        QCOMPARE(head.parse(std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size()))), ParseState::malformed);
        const HeadError error = head.error();
        bytes.append("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
        QCOMPARE(head.parse(std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size()))), ParseState::malformed);
        QCOMPARE(head.error(), error);
    }

    // Values are looked at eight bytes at a time, so every place in such a stretch counts.
    void findsAControlCharacterAnywhereInAValue()
    {
        for (std::size_t size = 1; size <= 40; ++size) {
            for (std::size_t at = 0; at < size; ++at) {
                for (const char bad : {'\0', '\x01', '\x1f', '\x7f'}) {
                    std::string text(size, 'v');
                    text[at] = bad;
                    const std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\nA: " + text + "\r\n\r\n";
                    RequestHead head;
                    QCOMPARE(head.parse(bytes), ParseState::malformed);
                    QCOMPARE(head.error(), HeadError::badHeaderValue);
                }
                for (const char fine : {'\t', ' ', '!', '~', '\x80', '\xff'}) {
                    std::string text(size, 'v');
                    text[at] = fine;
                    const std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\nA: " + text + "\r\n\r\n";
                    RequestHead head;
                    QCOMPARE(head.parse(bytes), ParseState::complete);
                }
            }
        }
    }

    // A proxy builds the forwarded head from these ranges, so together they must be the head, byte for byte.
    void linesTouchAndCoverTheHead_data() { addRows(goodRequestHeads()); }
    void linesTouchAndCoverTheHead()
    {
        QFETCH(QByteArray, bytes);
        const std::string_view message(bytes.constData(), static_cast<std::size_t>(bytes.size()));
        RequestHead head;
        QCOMPARE(head.parse(message), ParseState::complete);
        QCOMPARE(head.length(), message.size());
        QVERIFY(head.begin() == 0 || message.starts_with("\r\n"));
        QCOMPARE(message.substr(head.fieldsBegin() - 2, 2), std::string_view("\r\n"));
        QCOMPARE(message.substr(head.fieldsEnd()), std::string_view("\r\n"));

        std::string rebuilt(message.substr(0, head.fieldsBegin()));
        std::size_t next = head.fieldsBegin();
        for (const Field& field : head.fields()) {
            QCOMPARE(std::size_t{field.line}, next);
            const std::string_view line = head.line(field);
            QVERIFY(line.ends_with("\r\n"));
            QCOMPARE(line.find('\n'), line.size() - 1);
            QCOMPARE(line.substr(0, field.nameLength), head.name(field));
            QCOMPARE(line[field.nameLength], ':');
            const std::string_view value = head.value(field);
            QVERIFY(value.data() > line.data() + field.nameLength);
            QVERIFY(value.data() + value.size() <= line.data() + line.size() - 2);
            QVERIFY(value.empty() || (value.front() != ' ' && value.front() != '\t'));
            QVERIFY(value.empty() || (value.back() != ' ' && value.back() != '\t'));
            rebuilt += line;
            next = field.lineEnd;
        }
        QCOMPARE(next, head.fieldsEnd());
        rebuilt += "\r\n";
        QCOMPARE(std::string_view(rebuilt), message);
    }

    void leavesWhatFollowsAlone_data() { addRows(goodRequestHeads()); }
    void leavesWhatFollowsAlone()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, expected);
        const auto size = static_cast<std::size_t>(bytes.size());
        for (const char* rest : {"x", "\n", "\r\n", " GET / HTTP/1.1\r\n\r\n", "\x16\x03"}) {
            const QByteArray more = bytes + rest;
            RequestHead head;
            const ParseState state = head.parse(std::string_view(more.constData(), static_cast<std::size_t>(more.size())));
            QCOMPARE(QByteArray::fromStdString(outcome(head, state)), expected);
            QCOMPARE(head.length(), size);
        }
    }

    void isAsGoodAsNewAfterReset()
    {
        RequestHead head;
        for (const HeadCase& row : goodRequestHeads()) {
            QCOMPARE(outcome(head, head.parse(row.bytes)), row.expected);
            head.reset();
        }
        for (const HeadCase& row : badRequestHeads()) {
            QCOMPARE(outcome(head, head.parse(row.bytes)), row.expected);
            head.reset();
        }
        QCOMPARE(head.fields().size(), std::size_t{0});
        QVERIFY(!head.started());
    }

    void followsABufferThatMovedLater()
    {
        const std::string bytes = "GET /a HTTP/1.1\r\nHost: h\r\nCookie: c=1\r\n\r\n";
        RequestHead head;
        auto block = std::make_unique<Block>(bytes);
        QCOMPARE(head.parse(block->view()), ParseState::complete);
        const Block moved(bytes);
        block.reset();
        head.rebase(moved.view().data());
        QCOMPARE(head.target(), std::string_view("/a"));
        QCOMPARE(head.host(), std::string_view("h"));
        const Field* cookie = head.find("cookie");
        QVERIFY(cookie);
        QCOMPARE(head.value(*cookie), std::string_view("c=1"));
        QVERIFY(!head.find("cooki"));
        QCOMPARE(head.find(KnownHeader::host), &head.fields()[0]);
        QVERIFY(!head.find(KnownHeader::te));
    }

    void knowsWhetherAMessageHasBegun()
    {
        RequestHead head;
        QVERIFY(!head.started());
        QCOMPARE(head.parse(""), ParseState::needMore);
        QVERIFY(!head.started());
        QCOMPARE(head.parse("\r\n"), ParseState::needMore);
        QVERIFY(!head.started());
        QCOMPARE(head.parse("\r\nG"), ParseState::needMore);
        QVERIFY(head.started());
        QCOMPARE(head.parse("\r\nGET / HTTP/1.1\r\n"), ParseState::needMore);
        QVERIFY(head.started());
    }

    void namesTheForms()
    {
        const auto form = [](std::string_view target) {
            RequestHead head;
            const std::string bytes = "OPTIONS " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n";
            return head.parse(bytes) == ParseState::complete ? head.targetForm() : TargetForm(255);
        };
        QCOMPARE(form("/"), TargetForm::origin);
        QCOMPARE(form("*"), TargetForm::asterisk);
        QCOMPARE(form("http://h/"), TargetForm::absolute);
    }

    void knowsTheMethods_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("method");
        QTest::addColumn<bool>("idempotent");
        const auto row = [](const char* text, Method method, bool idempotent) {
            QTest::newRow(text) << QByteArray(text) << static_cast<int>(method) << idempotent;
        };
        row("GET", Method::get, true);
        row("HEAD", Method::head, true);
        row("POST", Method::post, false);
        row("PUT", Method::put, true);
        row("DELETE", Method::del, true);
        row("OPTIONS", Method::options, true);
        row("PATCH", Method::patch, false);
        row("TRACE", Method::trace, true);
        row("GETS", Method::other, false);
        row("Put", Method::other, false);
        row("FOO", Method::other, false);
    }
    void knowsTheMethods()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, method);
        QFETCH(bool, idempotent);
        const QByteArray bytes = text + " / HTTP/1.1\r\nHost: h\r\n\r\n";
        RequestHead head;
        QCOMPARE(head.parse(bytes.toStdString()), ParseState::complete);
        QCOMPARE(static_cast<int>(head.method()), method);
        QCOMPARE(isIdempotent(head.method()), idempotent);
    }

    void knowsItsHeaders_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<int>("known");
        QTest::addColumn<bool>("hopByHop");
        const auto row = [](const char* name, KnownHeader known, bool hopByHop) {
            QTest::newRow(name) << QByteArray(name) << static_cast<int>(known) << hopByHop;
        };
        row("Connection", KnownHeader::connection, true);
        row("Content-Length", KnownHeader::contentLength, false);
        row("Expect", KnownHeader::expect, false);
        row("Host", KnownHeader::host, false);
        row("HTTP2-Settings", KnownHeader::http2Settings, true);
        row("Keep-Alive", KnownHeader::keepAlive, true);
        row("Max-Forwards", KnownHeader::maxForwards, false);
        row("Proxy-Authenticate", KnownHeader::proxyAuthenticate, true);
        row("Proxy-Authorization", KnownHeader::proxyAuthorization, true);
        row("Proxy-Connection", KnownHeader::proxyConnection, true);
        row("TE", KnownHeader::te, true);
        row("Trailer", KnownHeader::trailer, false);
        row("Transfer-Encoding", KnownHeader::transferEncoding, false);
        row("Upgrade", KnownHeader::upgrade, true);
        row("Hast", KnownHeader::other, false);
        row("X", KnownHeader::other, false);
        row("Authorization", KnownHeader::other, false);
    }
    void knowsItsHeaders()
    {
        QFETCH(QByteArray, name);
        QFETCH(int, known);
        QFETCH(bool, hopByHop);
        for (const QByteArray& spelling : {name, name.toLower(), name.toUpper()})
            QCOMPARE(static_cast<int>(knownHeader(spelling.toStdString())), known);
        QCOMPARE(isHopByHop(knownHeader(name.toStdString())), hopByHop);
    }

    void answersWithTheRightStatus_data()
    {
        QTest::addColumn<int>("error");
        QTest::addColumn<int>("status");
        const auto row = [](HeadError error, int status) {
            QTest::newRow(std::string(code(error)).c_str()) << static_cast<int>(error) << status;
        };
        row(HeadError::bareLf, 400);
        row(HeadError::missingHost, 400);
        row(HeadError::lengthAndChunked, 400);
        row(HeadError::badTransferEncoding, 400);
        row(HeadError::contentTooLarge, 413);
        row(HeadError::requestLineTooLong, 414);
        row(HeadError::badExpect, 417);
        row(HeadError::headTooLarge, 431);
        row(HeadError::tooManyHeaders, 431);
        row(HeadError::connectRefused, 501);
        row(HeadError::unknownTransferCoding, 501);
        row(HeadError::unsupportedVersion, 505);
    }
    void answersWithTheRightStatus()
    {
        QFETCH(int, error);
        QFETCH(int, status);
        QCOMPARE(requestStatus(static_cast<HeadError>(error)), status);
    }

    void everyErrorHasACodeOfItsOwnAndASentence()
    {
        QSet<QByteArray> codes;
        for (int i = 0; i <= static_cast<int>(HeadError::badExpect); ++i) {
            const auto error = static_cast<HeadError>(i);
            codes.insert(QByteArray::fromStdString(std::string(code(error))));
            QVERIFY(describe(error).ends_with('.'));
        }
        QCOMPARE(codes.size(), static_cast<int>(HeadError::badExpect) + 1);
    }
};

LATCHKEY_TEST(TestRequestHead)

} // namespace tst_requesthead

#include "tst_requesthead.moc"
