// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// One list of every profile: the agent's tokens and those of an account, for which a second real agent stands in. What is
// done to a row is done in its own profile.
#include "AppUnderTest.h"
#include "StandIn.h"
#include "TestProgram.h"

#include "ui/OperationNames.h"
#include "ui/TokenModel.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QLabel>
#include <QMenu>

namespace tst_gui_allprofiles {

using namespace latchkey;
using namespace Qt::StringLiterals;
namespace names = latchkey::ui::names;

class TestAllProfiles final : public QObject {
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<StandIn> m_cloud;
    std::unique_ptr<Gateway> m_gateway;
    std::unique_ptr<AppUnderTest> m_app;

    static QString all() { return QString::fromUtf8(app::Profiles::all.data(), static_cast<qsizetype>(app::Profiles::all.size())); }

    /// "name@profile" of each row, in the order of the alphabet.
    QStringList rows()
    {
        QStringList result;
        const ui::TokenModel& model = m_app->window().tokenModel();
        for (int row = 0; row < model.rowCount(); ++row)
            result << model.index(row, ui::TokenModel::Name).data().toString() + u'@' + model.index(row, ui::TokenModel::Account).data().toString();
        result.sort();
        return result;
    }

    QStringList local()
    {
        std::optional<QStringList> found;
        m_app->supervisor().client()->listAllTokens([&](Result<std::vector<access::ServiceToken>> tokens) {
            found.emplace();
            for (const access::ServiceToken& token : tokens.value_or(std::vector<access::ServiceToken>()))
                *found << QString::fromStdString(token.name);
            found->sort();
        });
        (void)QTest::qWaitFor([&] { return found.has_value(); }, 10'000);
        return found.value_or(QStringList());
    }

    bool trigger(const QString& action)
    {
        auto* found = m_app->window().findChild<QAction*>(action);
        if (found == nullptr || !found->isEnabled())
            return false;
        found->trigger();
        return true;
    }

    bool createHere(const QString& name)
    {
        if (!m_app->createToken(name) || !QTest::qWaitFor([&] { return m_app->text(names::secretKeepState).contains(u"kept"_s, Qt::CaseInsensitive); }, 10'000))
            return false;
        QTest::keyClick(m_app->find(names::secretStored), Qt::Key_Space);
        return m_app->closeSecretPage();
    }

private Q_SLOTS:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        m_cloud = std::make_unique<StandIn>();
        QVERIFY(m_cloud->isReady());
        m_gateway = std::make_unique<Gateway>(m_cloud->api());
        m_app = std::make_unique<AppUnderTest>(*m_directory);
        m_app->start();
        QVERIFY(m_app->waitUntilReady());
        QVERIFY(createHere(u"local-one"_s));
        QVERIFY(m_app->addAccount(u"Cloud"_s, m_gateway->base(), m_cloud->apiToken(), m_cloud->accountId()));
        QTRY_VERIFY(m_app->isVisible(names::emptyPage));
        QVERIFY(createHere(u"cloud-one"_s));
        QVERIFY(m_app->switchTo(all()));
        QTRY_COMPARE(rows(), (QStringList{u"cloud-one@Cloud"_s, u"local-one@Local agent"_s}));
    }

    void cleanup()
    {
        m_app.reset();
        m_gateway.reset();
        m_cloud.reset();
    }

    void theListSaysWhoseEachTokenIs()
    {
        auto* table = m_app->find<QTableView>(names::tokenTable);
        QVERIFY(table != nullptr);
        QVERIFY(!table->isColumnHidden(ui::TokenModel::Account));
        QTRY_VERIFY(m_app->text(names::statusRight).startsWith(u"Up to date"_s));
        // One profile alone does not need it.
        QVERIFY(m_app->switchTo({}));
        QTRY_COMPARE(rows(), QStringList{u"local-one@"_s});
        QVERIFY(table->isColumnHidden(ui::TokenModel::Account));
    }

    void aRowsSecretComesFromItsOwnProfile()
    {
        QStringList secrets;
        for (const QString& name : {u"cloud-one"_s, u"local-one"_s}) {
            QVERIFY(m_app->selectRow(name));
            QGuiApplication::clipboard()->clear();
            QVERIFY(m_app->click(names::copySecret));
            QTRY_VERIFY(QGuiApplication::clipboard()->text().startsWith(u"cfast_"_s));
            secrets << QGuiApplication::clipboard()->text();
        }
        QVERIFY(secrets[0] != secrets[1]);
    }

    void whatIsDoneToARowIsDoneInItsProfile()
    {
        QVERIFY(m_app->selectRow(u"cloud-one"_s));
        QVERIFY(m_app->click(names::deleteToken));
        auto* dialog = m_app->find(names::deleteDialog);
        QVERIFY(dialog != nullptr);
        const auto labels = dialog->findChildren<QLabel*>();
        QVERIFY(std::ranges::any_of(labels, [](const QLabel* label) { return label->text().contains(u"In Cloud ("_s); }));
        QVERIFY(m_app->click(names::batchStart));
        QTRY_COMPARE(rows(), QStringList{u"local-one@Local agent"_s});
        QVERIFY(m_cloud->names().isEmpty());
        QCOMPARE(local(), QStringList{u"local-one"_s});
        // It does not come back with the next list.
        QVERIFY(m_app->click(names::reload));
        QTRY_VERIFY(m_app->text(names::statusRight).startsWith(u"Up to date"_s));
        QCOMPARE(rows(), QStringList{u"local-one@Local agent"_s});
    }

    void rowsOfSeveralProfilesAreDoneOneProfileAfterTheOther()
    {
        QVERIFY(trigger(u"actionSelectAll"_s));
        QVERIFY(trigger(u"actionDelete"_s));
        for (int i = 0; i < 2; ++i) {
            QVERIFY(m_app->find(names::deleteDialog) != nullptr);
            QVERIFY(m_app->click(names::batchStart));
            QTRY_COMPARE(rows().size(), 1 - i);
        }
        QTRY_VERIFY(!m_app->isVisible(names::deleteDialog));
        QVERIFY(m_cloud->names().isEmpty());
        QVERIFY(local().isEmpty());
    }

    void aNewTokenIsMadeInTheProfileThatIsChosen()
    {
        QVERIFY(m_app->click(names::createToken));
        auto* menu = m_app->find<QMenu>(u"createInMenu"_s);
        QVERIFY(menu != nullptr);
        QTest::keyClick(menu, Qt::Key_Down);   // from the agent, which is offered first, to the account
        QTest::keyClick(menu, Qt::Key_Return);
        QVERIFY(m_app->find(names::createDialog) != nullptr);
        QCOMPARE(m_app->window().profile().name, u"Cloud"_s);
        QVERIFY(m_app->type(names::createName, u"cloud-two"_s));
        QVERIFY(m_app->click(names::createSubmit));
        QVERIFY(m_app->find(names::secretPage) != nullptr);
        QTRY_VERIFY(m_app->text(names::secretKeepState).contains(u"kept"_s, Qt::CaseInsensitive));
        QTest::keyClick(m_app->find(names::secretStored), Qt::Key_Space);
        QVERIFY(m_app->closeSecretPage());
        QCOMPARE(m_cloud->names(), (QStringList{u"cloud-one"_s, u"cloud-two"_s}));
        QCOMPARE(local(), QStringList{u"local-one"_s});
    }

    void oneThatFailsIsNamedAndKeepsItsRows()
    {
        m_gateway->setRule([](const Gateway::Request&) { return std::optional(Gateway::forbidden()); });
        QVERIFY(m_app->click(names::reload));
        QTRY_VERIFY(m_app->isVisible(names::oldBanner));
        const auto labels = m_app->find(names::oldBanner)->findChildren<QLabel*>();
        QVERIFY(std::ranges::any_of(labels, [](const QLabel* label) { return label->text().contains(u"Cloud: "_s); }));
        QCOMPARE(rows(), (QStringList{u"cloud-one@Cloud"_s, u"local-one@Local agent"_s}));
        m_gateway->passAll();
        QVERIFY(m_app->click(names::oldRetry));
        QTRY_VERIFY(m_app->text(names::statusRight).startsWith(u"Up to date"_s));
    }

    void notesOfEveryProfileAreThere()
    {
        QVERIFY(m_app->selectRow(u"cloud-one"_s));
        const auto id = m_app->profiles().accounts().profiles().front().id;
        const auto* token = m_app->window().tokenModel().find(m_app->window().selectedTokens().front().id);
        QVERIFY(token != nullptr);
        QVERIFY(trigger(u"actionEditNote"_s));
        QVERIFY(m_app->type(names::noteOwner, u"Ada"_s));
        QVERIFY(m_app->click(names::noteSave));
        QTRY_VERIFY(m_app->isVisible(names::detailsOwner));
        QCOMPARE(m_app->text(names::detailsOwner), u"Ada"_s);
        app::TokenNotes notes(m_directory->filePath(u"token-notes.json"_s));
        QCOMPARE(notes.note(id, token->id).owner, u"Ada"_s);
    }
};

LATCHKEY_WIDGET_TEST(TestAllProfiles)

} // namespace tst_gui_allprofiles

#include "tst_gui_allprofiles.moc"
