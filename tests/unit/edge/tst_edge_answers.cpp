// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EdgeTesting.h"

#include "agent/edge/LocalAnswer.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_edge_answers {

using namespace edgeTesting;

/// What the edge writes itself.
class TestAnswers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void accept_data()
    {
        QTest::addColumn<QByteArray>("accept");
        QTest::addColumn<bool>("html");
        QTest::newRow("nothing") << QByteArray() << false;
        QTest::newRow("anything") << QByteArray("*/*") << false;
        QTest::newRow("a browser") << QByteArray("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8") << true;
        QTest::newRow("html alone") << QByteArray("text/html") << true;
        QTest::newRow("capitals") << QByteArray("Text/HTML") << true;
        QTest::newRow("any text") << QByteArray("text/*") << true;
        QTest::newRow("json") << QByteArray("application/json") << false;
        QTest::newRow("both alike") << QByteArray("text/html, application/json") << false;
        QTest::newRow("json preferred") << QByteArray("text/html;q=0.5, application/json;q=0.9") << false;
        QTest::newRow("html preferred") << QByteArray("text/html;q=0.9, application/json;q=0.25") << true;
        QTest::newRow("html refused") << QByteArray("text/html;q=0, */*") << false;
        QTest::newRow("level") << QByteArray("text/html ; level=1 ; q=0.7") << true;
    }

    void accept()
    {
        QFETCH(QByteArray, accept);
        QFETCH(bool, html);
        QCOMPARE(edge::prefersHtml(accept.toStdString()), html);
    }

    void aStrangerIsToldNothing()
    {
        const edge::Refusal refusal{401, "wrong_secret", "The sentence.", "The detail.", "policy-id", "policy", "rule"};
        edge::AnswerStyle style;
        style.rayId = "0123456789abcdef";
        std::string out;
        edge::writeRefusal(out, refusal, style);
        for (const char* word : {"wrong_secret", "sentence", "detail", "policy", "rule", "Latchkey"})
            QVERIFY2(out.find(word) == std::string::npos, word);
        QVERIFY(out.find("0123456789abcdef") != std::string::npos);
        QVERIFY(out.starts_with("HTTP/1.1 401 Unauthorized\r\n"));
    }

    void aPageEscapesWhatItShows()
    {
        const edge::Refusal refusal{403, "no_matching_policy", "A & B", {}, {}, "<script>alert('x')</script>", "\"rule\""};
        edge::AnswerStyle style;
        style.explain = style.html = true;
        std::string out;
        edge::writeRefusal(out, refusal, style);
        QVERIFY(out.find("<script>") == std::string::npos);
        QVERIFY(out.find("&lt;script&gt;") != std::string::npos);
        QVERIFY(out.find("A &amp; B") != std::string::npos);
        QVERIFY(out.find("&quot;rule&quot;") != std::string::npos);
    }

    void theLengthIsTheBodys()
    {
        const edge::Refusal refusal{502, "upstream_unreachable", "It is down.", "Connection refused", {}, {}, {}};
        for (const bool explain : {false, true}) {
            edge::AnswerStyle style;
            style.explain = explain;
            style.close = true;
            std::string out;
            edge::writeRefusal(out, refusal, style);
            const std::size_t end = out.find("\r\n\r\n");
            Message message;
            message.head = out.substr(0, end + 4);
            QCOMPARE(std::stoul(message.header("Content-Length")), out.size() - end - 4);
            QCOMPARE(text(message.header("Connection")), QStringLiteral("close"));
        }
    }
};

LATCHKEY_TEST(TestAnswers)

} // namespace tst_edge_answers

#include "tst_edge_answers.moc"
