// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// The list that is asked for again and again: cheap where nothing changed, whole where something did; and an API token's
// rights in words.
#include "../client/ScriptedServer.h"

#include "app/ApiTokenWords.h"
#include "app/CreateController.h"
#include "app/TokenListing.h"

#include "TestProgram.h"

#include <QTest>

namespace tst_app_tokenlisting {

using namespace latchkey;
using namespace latchkey::app;
using latchkey::test::ScriptedServer;
using Right = client::ApiTokenReport::Right;
using Kind = ui::ProfileFinding::Kind;

namespace {

QByteArray pageOf(const QByteArrayList& names, int page, int total)
{
    QByteArrayList items;
    for (const QByteArray& name : names)
        items << QByteArray(R"({"id":"<name>","client_id":"<name>.access","name":"<name>","duration":"8760h","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","expires_at":"2027-01-01T00:00:00Z"})").replace("<name>", name);
    return QByteArray(R"({"success":true,"errors":[],"messages":[],"result":[<items>],"result_info":{"page":<page>,"per_page":1000,"count":<count>,"total_count":<total>}})")
        .replace("<items>", items.join(','))
        .replace("<page>", QByteArray::number(page))
        .replace("<count>", QByteArray::number(names.size()))
        .replace("<total>", QByteArray::number(total));
}

QByteArray tag(const QByteArray& revision)
{
    return "ETag: \"" + revision + "\"\r\n";
}

} // namespace

class TestTokenListing final : public QObject {
    Q_OBJECT

    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<client::ManagementClient> m_client;
    std::unique_ptr<TokenListing> m_listing;

    /// The names that a look brings; "unchanged"; or "error".
    QByteArrayList look()
    {
        std::optional<QByteArrayList> found;
        m_listing->look([&](Result<std::optional<TokenListing::Tokens>> tokens) {
            found.emplace();
            if (!tokens)
                *found << "error";
            else if (!*tokens)
                *found << "unchanged";
            else
                for (const access::ServiceToken& token : **tokens)
                    *found << QByteArray::fromStdString(token.name);
        });
        (void)QTest::qWaitFor([&] { return found.has_value(); }, 20'000);
        return found.value_or(QByteArrayList{"no answer"});
    }

    QByteArrayList conditions() const
    {
        QByteArrayList all;
        for (const auto& request : m_server->requests())
            all << request.header("If-None-Match");
        return all;
    }

private Q_SLOTS:
    void init()
    {
        m_server = std::make_unique<ScriptedServer>();
        m_client = std::make_unique<client::ManagementClient>(client::Endpoint{m_server->url(QStringLiteral("/client/v4")), "0123456789abcdef0123456789abcdef"}, SecretBytes("x"));
        m_listing = std::make_unique<TokenListing>(*m_client);
    }

    void cleanup()
    {
        m_listing.reset();
        m_client.reset();
    }

    void anUnchangedListIsOneEmptyAnswer()
    {
        m_server->thenReply(200, pageOf({"a", "b"}, 1, 2), tag("1")).thenReply(304, {}).thenReply(200, pageOf({"a"}, 1, 1), tag("2")).thenReply(304, {});
        QCOMPARE(look(), (QByteArrayList{"a", "b"}));
        QCOMPARE(look(), QByteArrayList{"unchanged"});
        QCOMPARE(look(), QByteArrayList{"a"});
        QCOMPARE(look(), QByteArrayList{"unchanged"});
        QCOMPARE(conditions(), (QByteArrayList{"", "\"1\"", "\"1\"", "\"2\""}));
    }

    void aChangeOnALaterPageBringsTheWholeListAnew()
    {
        m_server->thenReply(200, pageOf({"a"}, 1, 2), tag("1")).thenReply(200, pageOf({"b"}, 2, 2), tag("2"));
        QCOMPARE(look(), (QByteArrayList{"a", "b"}));
        m_server->thenReply(304, {}).thenReply(200, pageOf({"c"}, 2, 2), tag("3")).thenReply(200, pageOf({"a"}, 1, 2), tag("1")).thenReply(200, pageOf({"c"}, 2, 2), tag("3"));
        QCOMPARE(look(), (QByteArrayList{"a", "c"}));
        QCOMPARE(m_server->requests().size(), 6);
    }

    void aServerWithoutRevisionsIsAskedForEverything()
    {
        m_server->thenReply(200, pageOf({"a"}, 1, 1)).thenReply(200, pageOf({"a"}, 1, 1));
        QCOMPARE(look(), QByteArrayList{"a"});
        QVERIFY(!m_listing->hasRevisions());
        QCOMPARE(look(), QByteArrayList{"a"});
        QCOMPARE(conditions(), (QByteArrayList{"", ""}));
    }

    void aForgottenListComesWhole()
    {
        m_server->thenReply(200, pageOf({"a"}, 1, 1), tag("1")).thenReply(200, pageOf({"a"}, 1, 1), tag("1"));
        QCOMPARE(look(), QByteArrayList{"a"});
        m_listing->forget();
        QCOMPARE(look(), QByteArrayList{"a"});
        QCOMPARE(conditions(), (QByteArrayList{"", ""}));
    }

    void aFailedLookKeepsWhatIsKnown()
    {
        m_server->thenReply(200, pageOf({"a"}, 1, 1), tag("1")).thenReply(400, R"({"success":false,"errors":[{"code":12130,"message":"no"}],"messages":[],"result":null})").thenReply(304, {});
        QCOMPARE(look(), QByteArrayList{"a"});
        QCOMPARE(look(), QByteArrayList{"error"});
        QVERIFY(!m_listing->isActive());
        QCOMPARE(look(), QByteArrayList{"unchanged"});
    }

    void pagesAreToldAsTheyCome()
    {
        m_server->thenReply(200, pageOf({"a"}, 1, 2)).thenReply(200, pageOf({"b"}, 2, 2));
        QList<std::pair<int, int>> told;
        bool done = false;
        m_listing->look([&](const Result<std::optional<TokenListing::Tokens>>&) { done = true; },
                        [&](const TokenListing::Tokens& soFar, int total) { told.append({static_cast<int>(soFar.size()), total}); });
        QTRY_VERIFY(done);
        QCOMPARE(told, (QList<std::pair<int, int>>{{1, 2}, {2, 2}}));
    }

    void oneThatIsGoneNeverAnswers()
    {
        m_server->thenReply(200, pageOf({"a"}, 1, 1));
        bool answered = false;
        m_listing->look([&](const Result<std::optional<TokenListing::Tokens>>&) { answered = true; });
        m_listing.reset();
        // The client's own answer to another call comes after it would have.
        m_server->thenReply(200, pageOf({}, 1, 0)).thenReply(200, pageOf({}, 1, 0));
        bool after = false;
        m_client->listTokens({}, [&](const auto&) { after = true; });
        QTRY_VERIFY(after);
        QVERIFY(!answered);
    }

    void whatATokenMayDoIsToldInWords()
    {
        client::ApiTokenReport report{.error = {}, .status = "active", .accounts = {{"aa", "Acme"}}, .accountId = "aa", .rights = {{client::ApiRight::readTokens, Right::granted}, {client::ApiRight::editTokens, Right::lacking}, {client::ApiRight::readApplications, Right::unknown}}};
        const ui::ProfileReport shown = reportOf(report);
        QVERIFY(shown.works);
        QCOMPARE(shown.accounts.size(), 1U);
        QCOMPARE(shown.findings.size(), 4U);
        QCOMPARE(shown.findings[0].kind, Kind::good);
        QCOMPARE(shown.findings[1].kind, Kind::good);
        QCOMPARE(shown.findings[2].kind, Kind::bad);
        QVERIFY(shown.findings[2].text.contains(QStringLiteral("“Access: Service Tokens” (Edit)")));
        QCOMPARE(shown.findings[3].kind, Kind::unknown);

        report.status = "expired";
        QVERIFY(!reportOf(report).works);
        QVERIFY(reportOf(report).findings.front().text.contains(QStringLiteral("expired")));
        report.error = Error{ErrorCode::network, "Nothing answers there.", {}};
        QCOMPARE(reportOf(report).findings.size(), 1U);
        QCOMPARE(reportOf(report).findings.front().text, QStringLiteral("Nothing answers there."));
    }

    void onlyWhatGotNoAnswerMayHaveHappened()
    {
        for (const ErrorCode code : {ErrorCode::network, ErrorCode::timedOut, ErrorCode::protocol, ErrorCode::cancelled})
            QVERIFY(mayHaveHappened({code, {}, {}}));
        for (const ErrorCode code : {ErrorCode::forbidden, ErrorCode::unauthenticated, ErrorCode::invalidArgument, ErrorCode::conflict, ErrorCode::rateLimited, ErrorCode::notFound})
            QVERIFY(!mayHaveHappened({code, {}, {}}));
    }
};

LATCHKEY_WIDGET_TEST(TestTokenListing)

} // namespace tst_app_tokenlisting

#include "tst_app_tokenlisting.moc"
