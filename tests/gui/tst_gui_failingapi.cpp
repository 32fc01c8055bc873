// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// An account whose API is slow, rate-limited, failing, or whose token may do half of it: what is on screen stays and says
// how old it is, a pause is obeyed, what is lacking is told in words, and no write is ever repeated blindly. Behind the
// gateway that fails is a real agent.
#include "AppUnderTest.h"
#include "StandIn.h"
#include "TestProgram.h"

#include "ui/TokenModel.h"

#include <QComboBox>
#include <QLabel>

namespace tst_gui_failingapi {

using namespace latchkey;
using namespace Qt::StringLiterals;
namespace names = latchkey::ui::names;
using ui::BannerKind;
using Fault = Gateway::Fault;
using Request = Gateway::Request;

namespace {

bool isTokens(const Request& request)
{
    return request.target.split('?').first().endsWith("/access/service_tokens");
}

} // namespace

class TestFailingApi final : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<StandIn> m_cloud;
    std::unique_ptr<Gateway> m_gateway;
    std::unique_ptr<AppUnderTest> m_app;

    int rows() { return m_app->window().tokenModel().tokenCount(); }

    bool reload() { return QTest::qWaitFor([this] { return m_app->find(names::reload)->isEnabled(); }, 10'000) && m_app->click(names::reload); }

    bool create(const QString& name)
    {
        return m_app->click(m_app->isVisible(names::emptyCreate) ? names::emptyCreate : names::createToken) && m_app->type(names::createName, name)
            && m_app->click(names::createSubmit);
    }

private Q_SLOTS:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        m_cloud = std::make_unique<StandIn>();
        QVERIFY(m_cloud->isReady());
        QVERIFY(m_cloud->create("known"));
        m_gateway = std::make_unique<Gateway>(m_cloud->api());
        m_app = std::make_unique<AppUnderTest>(*m_directory);
        m_app->start();
        QVERIFY(m_app->waitUntilReady());
        QVERIFY(m_app->addAccount(u"Cloud"_s, m_gateway->base(), m_cloud->apiToken(), m_cloud->accountId()));
        QTRY_COMPARE(rows(), 1);
        QTRY_VERIFY(m_app->text(names::statusRight).startsWith(u"Up to date"_s));
    }

    void cleanup()
    {
        m_app.reset();
        m_gateway.reset();
        m_cloud.reset();
    }

    void aFailingListKeepsWhatWasKnownAndSaysHowOldItIs()
    {
        m_gateway->setRule([](const Request& request) { return isTokens(request) ? std::optional(Fault{.status = 500, .body = "nonsense"}) : std::nullopt; });
        QVERIFY(reload());
        QTRY_VERIFY_WITH_TIMEOUT(m_app->isVisible(names::oldBanner), 15'000);
        QCOMPARE(rows(), 1);
        QVERIFY(m_app->text(names::statusRight).startsWith(u"Out of date · loaded"_s));
        m_gateway->passAll();
        QVERIFY(m_app->click(names::oldRetry));
        QTRY_VERIFY(m_app->text(names::statusRight).startsWith(u"Up to date"_s));
        QVERIFY(!m_app->isVisible(names::oldBanner));
    }

    void aSlowListCanBeStopped()
    {
        m_gateway->setRule([](const Request& request) { return isTokens(request) ? std::optional(Fault{.kind = Fault::Kind::silence}) : std::nullopt; });
        QVERIFY(reload());
        QTRY_VERIFY(m_app->text(names::statusRight).contains(u"Loading"_s));
        QVERIFY(m_app->click(names::statusCancel));
        QTRY_VERIFY(m_app->text(names::statusRight).startsWith(u"Stopped"_s));
        QCOMPARE(rows(), 1);
        QVERIFY(!m_app->isVisible(names::statusCancel));
    }

    void aPauseIsObeyedAndShown()
    {
        m_gateway->setRule([](const Request& request) { return isTokens(request) ? std::optional(Fault{.status = 429, .headers = "Retry-After: 2\r\n", .body = "{}"}) : std::nullopt; });
        QVERIFY(reload());
        QTRY_VERIFY(m_app->isVisible(names::banner(BannerKind::paused)));
        QVERIFY(m_app->text(names::statusRight).contains(u"Paused by the server"_s));
        m_gateway->passAll();
        const int asked = m_gateway->count("GET", "/access/service_tokens");
        QVERIFY(m_app->find(names::reload) != nullptr);
        // Until it is over nothing is asked; then it goes on by itself.
        QTRY_VERIFY_WITH_TIMEOUT(m_gateway->count("GET", "/access/service_tokens") > asked || !m_app->isVisible(names::banner(BannerKind::paused)), 10'000);
        QTRY_VERIFY(!m_app->isVisible(names::banner(BannerKind::paused)));
        QTRY_VERIFY_WITH_TIMEOUT(m_app->text(names::statusRight).startsWith(u"Up to date"_s), 10'000);
    }

    void aPauseStaysWithTheProfileThatHasIt()
    {
        m_gateway->setRule([](const Request& request) { return isTokens(request) ? std::optional(Fault{.status = 429, .headers = "Retry-After: 600\r\n", .body = "{}"}) : std::nullopt; });
        QVERIFY(reload());
        QTRY_VERIFY(m_app->isVisible(names::banner(BannerKind::paused)));
        const QString id = m_app->window().profile().id;
        QVERIFY(m_app->switchTo({}));
        QVERIFY(!m_app->isVisible(names::banner(BannerKind::paused)));
        QTRY_VERIFY(m_app->isVisible(names::emptyPage));
        QVERIFY(m_app->switchTo(id));
        QVERIFY(m_app->isVisible(names::banner(BannerKind::paused)));
        QCOMPARE(rows(), 1);
        QTRY_VERIFY(m_app->text(names::statusRight).startsWith(u"Out of date"_s));
    }

    void aTokenThatMayOnlyReadIsToldSoInWords()
    {
        m_gateway->setRule([](const Request& request) { return request.method != "GET" ? std::optional(Gateway::forbidden()) : std::nullopt; });
        QVERIFY(create(u"not-allowed"_s));
        QTRY_VERIFY(m_app->isVisible(names::createError));
        QVERIFY(m_app->text(names::createError).contains(u"“Access: Service Tokens” (Edit)"_s));
        QCOMPARE(m_app->text(names::createName), u"not-allowed"_s);   // what was typed stays
        QTest::keyClick(m_app->find(names::createDialog), Qt::Key_Escape);
        QCOMPARE(m_cloud->names(), QStringList{u"known"_s});
    }

    void aTokenThatMayNotReadApplicationsStillShowsTokens()
    {
        m_gateway->setRule([](const Request& request) { return request.target.contains("/access/apps") ? std::optional(Gateway::forbidden()) : std::nullopt; });
        QVERIFY(reload());
        QTRY_VERIFY(m_app->isVisible(names::banner(BannerKind::applicationsForbidden)));
        QTRY_VERIFY(m_app->text(names::statusRight).startsWith(u"Up to date"_s));
        QCOMPARE(rows(), 1);
        // The way to mend it is one click away.
        QVERIFY(m_app->click(names::bannerAction(BannerKind::applicationsForbidden)));
        QVERIFY(m_app->find(names::profileDialog) != nullptr);
        QTest::keyClick(m_app->find(names::profileDialog), Qt::Key_Escape);
        m_gateway->passAll();
        QVERIFY(reload());
        QTRY_VERIFY(!m_app->isVisible(names::banner(BannerKind::applicationsForbidden)));
    }

    void aMissingRightAndADeadTokenAreToldApart()
    {
        m_gateway->setRule([](const Request& request) { return isTokens(request) ? std::optional(Gateway::forbidden()) : std::nullopt; });
        QVERIFY(reload());
        QTRY_VERIFY(m_app->isVisible(names::banner(BannerKind::tokensForbidden)));
        QVERIFY(m_app->isVisible(names::oldBanner));
        QCOMPARE(rows(), 1);
        m_gateway->setRule([](const Request&) { return std::optional(Gateway::forbidden()); });
        QVERIFY(reload());
        QTRY_VERIFY(m_app->isVisible(names::banner(BannerKind::apiTokenRejected)));
        QTRY_VERIFY(!m_app->isVisible(names::banner(BannerKind::tokensForbidden)));
    }

    void aCreateThatGotNoAnswerIsLookedUpBeforeItIsOfferedAgain()
    {
        m_gateway->setRule([](const Request& request) { return request.method == "POST" && isTokens(request) ? std::optional(Fault{.kind = Fault::Kind::swallow}) : std::nullopt; });
        QVERIFY(create(u"half-made"_s));
        QTRY_VERIFY(m_app->isVisible(names::createError));
        QVERIFY(m_app->text(names::createError).contains(u"was created"_s));
        QCOMPARE(m_app->text(names::createSubmit), u"Get a &new secret"_s);
        QCOMPARE(m_gateway->count("POST", "/access/service_tokens"), 1);
        QCOMPARE(m_cloud->names(), (QStringList{u"half-made"_s, u"known"_s}));
        m_gateway->passAll();
        QVERIFY(m_app->click(names::createSubmit));
        QVERIFY(m_app->find(names::secretPage) != nullptr);
        QTRY_VERIFY(m_app->text(names::secretKeepState).contains(u"kept"_s, Qt::CaseInsensitive));
        QTest::keyClick(m_app->find(names::secretStored), Qt::Key_Space);
        QVERIFY(m_app->closeSecretPage());
        QCOMPARE(m_gateway->count("POST", "/access/service_tokens"), 1);
        QCOMPARE(m_gateway->count("POST", "/rotate"), 1);
        QCOMPARE(m_cloud->names(), (QStringList{u"half-made"_s, u"known"_s}));
    }

    void aCreateThatNeverArrivedIsOfferedAgainAfterTheLookUp()
    {
        m_gateway->setRule([](const Request& request) { return request.method == "POST" ? std::optional(Fault{.kind = Fault::Kind::silence}) : std::nullopt; });
        QVERIFY(create(u"never-arrived"_s));
        QTRY_COMPARE(m_gateway->count("POST", "/access/service_tokens"), 1);
        m_gateway->forgetRequests();
        QVERIFY(m_app->click(names::createCancel));
        QTRY_VERIFY(m_app->isVisible(names::createError));
        QVERIFY(m_app->text(names::createError).contains(u"nothing was created"_s));
        QVERIFY(std::ranges::any_of(m_gateway->requests(), [](const Request& request) { return request.target.contains("name=never-arrived"); }));
        m_gateway->passAll();
        QVERIFY(m_app->click(names::createSubmit));
        QVERIFY(m_app->find(names::secretPage) != nullptr);
        QTest::keyClick(m_app->find(names::secretStored), Qt::Key_Space);
        QVERIFY(m_app->closeSecretPage());
        QCOMPARE(m_cloud->names(), (QStringList{u"known"_s, u"never-arrived"_s}));
    }

    void whatCouldNotBeLookedUpIsLookedUpFirstTheNextTime()
    {
        bool up = false;
        m_gateway->setRule([&up](const Request& request) -> std::optional<Fault> {
            if (request.method == "POST" && isTokens(request))
                return Fault{.kind = Fault::Kind::swallow};
            return up || !isTokens(request) ? std::nullopt : std::optional(Fault{.status = 403, .body = Gateway::forbidden().body});
        });
        QVERIFY(create(u"in-the-dark"_s));
        QTRY_VERIFY(m_app->isVisible(names::createError));
        QVERIFY(m_app->text(names::createError).contains(u"is not known yet"_s));
        up = true;
        QVERIFY(m_app->click(names::createSubmit));
        QTRY_VERIFY(m_app->text(names::createError).contains(u"was created"_s));
        QCOMPARE(m_gateway->count("POST", "/access/service_tokens"), 1);   // found, so never sent again
        QTest::keyClick(m_app->find(names::createDialog), Qt::Key_Escape);
    }

    void aRotationThatGotNoAnswerIsNotRepeated()
    {
        m_gateway->setRule([](const Request& request) { return request.target.endsWith("/rotate") ? std::optional(Fault{.kind = Fault::Kind::swallow}) : std::nullopt; });
        QVERIFY(m_app->selectRow(u"known"_s));
        QVERIFY(m_app->click(names::rotateToken));
        QVERIFY(m_app->click(names::rotateSubmit));
        QTRY_VERIFY(m_app->isVisible(names::errorText));
        QVERIFY(m_app->text(names::errorText).contains(u"A new secret was made"_s));
        QCOMPARE(m_gateway->count("POST", "/rotate"), 1);
        QTest::keyClick(m_app->find(names::rotateDialog), Qt::Key_Escape);
    }

    void anUnchangedListIsAskedForByItsRevision()
    {
        m_gateway->forgetRequests();
        const auto conditional = [this] {
            return std::ranges::any_of(m_gateway->requests(), [](const Request& request) { return isTokens(request) && request.head.toLower().contains("\r\nif-none-match:"); });
        };
        QTRY_VERIFY_WITH_TIMEOUT(conditional(), 40'000);
        QTRY_VERIFY(m_app->text(names::statusRight).startsWith(u"Up to date"_s));
        QCOMPARE(rows(), 1);
    }
};

LATCHKEY_WIDGET_TEST(TestFailingApi)

} // namespace tst_gui_failingapi

#include "tst_gui_failingapi.moc"
