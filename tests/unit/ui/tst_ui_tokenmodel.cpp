// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Samples.h"
#include "ui/TokenModel.h"

#include "TestProgram.h"

#include <QAbstractItemModelTester>
#include <QItemSelectionModel>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <random>

namespace tst_ui_tokenmodel {

using namespace latchkey;
using namespace latchkey::ui;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using access::ServiceToken;

namespace {

/// A model that is watched for every breach of the protocol between models and views.
struct Watched {
    TokenModel model{DateText(QLocale(u"en_GB"_s), QTimeZone::utc()), samples::now};
    QAbstractItemModelTester tester{&model, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

QStringList names(const TokenModel& rows)
{
    QStringList result;
    for (int row = 0; row < rows.rowCount(); ++row)
        result << rows.index(row, TokenModel::Name).data().toString();
    return result;
}

} // namespace

class TestTokenModel : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theChipsCountWhatTheyFilter_data()
    {
        QTest::addColumn<TokenFilter>("filter");
        QTest::addColumn<int>("expected");
        QTest::newRow("all") << TokenFilter::all << 8;
        QTest::newRow("expiring soon") << TokenFilter::expiringSoon << 3;
        QTest::newRow("expired") << TokenFilter::expired << 1;
        QTest::newRow("disabled") << TokenFilter::disabled << 1;
        QTest::newRow("unused, and old enough to tell") << TokenFilter::unused << 2;
    }

    void theChipsCountWhatTheyFilter()
    {
        QFETCH(TokenFilter, filter);
        QFETCH(int, expected);
        Watched watched;
        TokenModel& model = watched.model;
        model.setTokens(samples::tokens());
        const TokenCounts& counts = model.counts();
        const int counted[] = {counts.all, counts.expiringSoon, counts.expired, counts.disabled, counts.unused};
        QCOMPARE(counted[static_cast<int>(filter)], expected);
        model.setFilter(filter);
        QCOMPARE(model.rowCount(), expected);
    }

    void searchFindsNamesAndClientIds_data()
    {
        QTest::addColumn<QString>("search");
        QTest::addColumn<QStringList>("expected");
        const QString clientId = QString::fromStdString(samples::tokens()[5].clientId.value);
        QTest::newRow("part of a name") << u"prod"_s << QStringList{u"grafana-prod"_s};
        QTest::newRow("case does not count") << u"GRAFANA"_s << QStringList{u"grafana-prod"_s};
        QTest::newRow("blanks around it do not count") << u"  terraform "_s << QStringList{u"terraform"_s};
        QTest::newRow("a whole Client ID") << clientId << QStringList{u"terraform"_s};
        QTest::newRow("the start of a Client ID, in capitals") << clientId.left(9).toUpper() << QStringList{u"terraform"_s};
        QTest::newRow("a dot is a dot") << u"grafana.prod"_s << QStringList{};
        QTest::newRow("it does not reach across name and Client ID") << QString(u"terraform"_s + clientId.left(2)) << QStringList{};
    }

    void searchFindsNamesAndClientIds()
    {
        QFETCH(QString, search);
        QFETCH(QStringList, expected);
        Watched watched;
        TokenModel& model = watched.model;
        model.setTokens(samples::tokens());
        model.setSearch(search);
        QCOMPARE(names(model), expected);
    }

    void sortingIsByValueAndTiesKeepOneOrder_data()
    {
        QTest::addColumn<int>("column");
        QTest::addColumn<Qt::SortOrder>("order");
        QTest::addColumn<QStringList>("first");
        QTest::newRow("ends, soonest first") << int(TokenModel::Expires) << Qt::AscendingOrder
                                             << QStringList{u"legacy-backup-job"_s, u"a-tie"_s, u"b-tie"_s, u"c-tie"_s, u"grafana-prod"_s};
        QTest::newRow("ends, last first: never leads") << int(TokenModel::Expires) << Qt::DescendingOrder
                                                       << QStringList{u"synthetic-checks"_s, u"partner-feed"_s};
        QTest::newRow("seen, longest ago first: never leads") << int(TokenModel::LastSeen) << Qt::AscendingOrder
                                                              << QStringList{u"status-page"_s, u"partner-feed"_s};
        QTest::newRow("names, case aside") << int(TokenModel::Name) << Qt::AscendingOrder
                                           << QStringList{u"a-tie"_s, u"b-tie"_s, u"billing-webhook"_s, u"c-tie"_s, u"ci-deploy"_s, u"Grafana-old"_s, u"grafana-prod"_s};
        QTest::newRow("states, most urgent first") << int(TokenModel::State) << Qt::AscendingOrder
                                                   << QStringList{u"legacy-backup-job"_s, u"a-tie"_s, u"b-tie"_s, u"c-tie"_s, u"ci-deploy"_s};
        QTest::newRow("states the other way: ties still read A to Z") << int(TokenModel::State) << Qt::DescendingOrder
                                                   << QStringList{u"partner-feed"_s, u"billing-webhook"_s, u"Grafana-old"_s, u"synthetic-checks"_s, u"terraform"_s};
    }

    void sortingIsByValueAndTiesKeepOneOrder()
    {
        QFETCH(int, column);
        QFETCH(Qt::SortOrder, order);
        QFETCH(QStringList, first);
        std::vector<ServiceToken> tokens = samples::tokens();
        for (const char* name : {"c-tie", "a-tie", "b-tie"})
            tokens.push_back(samples::token(name, 5 * 24h, 24h));
        tokens.push_back(samples::token("Grafana-old", 100 * 24h, 240h));
        std::mt19937 random(7);
        QStringList before;
        for (int round = 0; round < 5; ++round) {
            std::shuffle(tokens.begin(), tokens.end(), random);
            Watched watched;
            TokenModel& model = watched.model;
            model.setTokens(tokens);
                model.sort(column, order);
            QCOMPARE(names(model).first(first.size()), first);
            if (round > 0)
                QCOMPARE(names(model), before);
            before = names(model);
        }
    }

    void aReloadTouchesOnlyWhatChanged()
    {
        Watched watched;
        TokenModel& model = watched.model;
        model.setTokens(samples::tokens());
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QSignalSpy moved(&model, &QAbstractItemModel::layoutChanged);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);

        model.setTokens(samples::tokens());
        QCOMPARE(inserted.count() + removed.count() + changed.count() + moved.count() + reset.count(), 0);

        auto tokens = samples::tokens();
        tokens[2].name = "ci-deploy-2";
        tokens.erase(tokens.begin() + 4);
        tokens.push_back(samples::token("new-one", 24h, 1h));
        model.setTokens(tokens);
        QCOMPARE(removed.count(), 1);
        QCOMPARE(removed[0][1].toInt(), 4);
        QCOMPARE(inserted.count(), 1);
        QCOMPARE(inserted[0][1].toInt(), 1);   // it ends tomorrow: after what is over, before the others
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changed[0][0].toModelIndex().row(), 3);
        QCOMPARE(changed[0][1].toModelIndex().row(), 3);
        QCOMPARE(moved.count() + reset.count(), 0);
        QCOMPARE(model.rowCount(), 8);
        for (int row = 0; row < model.rowCount(); ++row)
            QCOMPARE(model.rowOf(model.tokenAt(row).id), std::optional(row));
    }

    void aReloadKeepsTheSelection()
    {
        Watched watched;
        TokenModel& model = watched.model;
        model.setTokens(samples::tokens());
        QItemSelectionModel selection(&model);
        selection.select(model.index(1, 0), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        auto tokens = samples::tokens();
        tokens.erase(tokens.begin());
        tokens[0].expiresAt = samples::now + 8760h;   // it moves down when it is refreshed
        model.setTokens(tokens);
        const QModelIndexList selected = selection.selectedRows(TokenModel::Name);
        QCOMPARE(selected.size(), 1);
        QCOMPARE(selected[0].data().toString(), u"grafana-prod"_s);
        QCOMPARE(names(model).sliced(4), (QStringList{u"partner-feed"_s, u"grafana-prod"_s, u"synthetic-checks"_s}));
    }

    void theSelectionFollowsSortAndSearch()
    {
        Watched watched;
        TokenModel& model = watched.model;
        model.setTokens(samples::tokens(400));
        QItemSelectionModel selection(&model);
        const access::TokenId chosen = samples::tokens()[2].id;   // ci-deploy
        selection.select(model.index(*model.rowOf(chosen), 0), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        const auto selected = [&] {
            const QModelIndexList rows = selection.selectedRows();
            return rows.size() == 1 ? model.tokenAt(rows[0].row()).id : access::TokenId{};
        };
        model.sort(TokenModel::ClientId, Qt::DescendingOrder);
        QCOMPARE(selected(), chosen);
        model.setSearch(u"e"_s);
        QCOMPARE(selected(), chosen);
        model.setSearch(u"ep"_s);
        QCOMPARE(selected(), chosen);
        model.setSearch({});
        QCOMPARE(selected(), chosen);
        model.setSearch(u"service"_s);   // hides it
        QVERIFY(!selection.hasSelection());
    }

    /// Whatever happens, the rows are what a fresh model makes of the same tokens.
    void anyChangeEndsWhereAFreshModelBegins()
    {
        std::mt19937 random(11);
        const auto any = [&](std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random); };
        const QStringList searches{{}, u"s"_s, u"se"_s, u"service-1"_s, u"state:active"_s, u"-service"_s, u"expires:<90d e"_s};
        Watched watched;
        TokenModel& model = watched.model;
        std::vector<ServiceToken> tokens = samples::tokens(120);
        model.setApplications(samples::applications());
        model.setTokens(tokens);
        int column = TokenModel::Expires;
        Qt::SortOrder order = Qt::AscendingOrder;
        for (int round = 0; round < 300; ++round) {
            switch (any(8)) {
            case 0: {
                ServiceToken token = samples::token("extra-" + std::to_string(round), 24h * static_cast<int>(any(500)), 1h);
                tokens.push_back(token);
                model.putToken(token);
                break;
            }
            case 1: {
                const std::size_t gone = any(tokens.size());
                const access::TokenId id = tokens[gone].id;
                tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(gone));
                model.removeToken(id);
                break;
            }
            case 2: {
                ServiceToken& token = tokens[any(tokens.size())];
                token.name = "renamed-" + std::to_string(any(1000));
                token.enabled = !token.enabled;
                model.putToken(token);
                break;
            }
            case 3: {
                // Many at once: pages shift, some vanish.
                std::erase_if(tokens, [&](const ServiceToken&) { return any(4) == 0; });
                for (int i = 0; i < 40; ++i)
                    tokens.push_back(samples::token("page-" + std::to_string(round) + '-' + std::to_string(i), 24h * static_cast<int>(any(400)), 1h));
                std::shuffle(tokens.begin(), tokens.end(), random);
                model.setTokens(tokens);
                break;
            }
            case 4: model.setSearch(searches[static_cast<qsizetype>(any(static_cast<std::size_t>(searches.size())))]); break;
            case 5:
                column = static_cast<int>(any(TokenModel::ColumnCount));
                order = any(2) == 0 ? Qt::AscendingOrder : Qt::DescendingOrder;
                model.sort(column, order);
                break;
            case 6: model.setFilter(static_cast<TokenFilter>(any(5))); break;
            case 7: model.setGrouped(any(2) == 0); break;
            }
            TokenModel fresh(DateText(QLocale(u"en_GB"_s), QTimeZone::utc()), samples::now);
            fresh.setGrouped(model.isGrouped());
            fresh.setFilter(model.filter());
            fresh.setSearch(model.search());
            fresh.sort(column, order);
            fresh.setApplications(samples::applications());
            fresh.setTokens(tokens);
            QCOMPARE(names(model), names(fresh));
            QCOMPARE(model.tokenCount(), fresh.tokenCount());
            QCOMPARE(model.counts(), fresh.counts());
        }
    }

    void sectionsAreApplicationsAndTheRest()
    {
        Watched watched;
        TokenModel& model = watched.model;
        model.setApplications(samples::applications());
        model.setTokens(samples::tokens());
        model.setGrouped(true);
        // Both name grafana-prod: it stands in both, and counts once.
        QCOMPARE(model.rowCount(), 8 + 1 + 3);
        QCOMPARE(model.shownCount(), 8);
        QVERIFY(model.isSection(0));
        QCOMPARE(model.index(0, 0).data(TokenModel::SectionRole).toString(), u"Grafana · 1"_s);
        QCOMPARE(model.index(1, TokenModel::Name).data().toString(), u"grafana-prod"_s);
        QCOMPARE(model.index(2, 0).data(TokenModel::SectionRole).toString(), u"Prometheus · 1"_s);
        QCOMPARE(model.index(4, 0).data(TokenModel::SectionRole).toString(), u"Named by no application · 7"_s);
        QCOMPARE(model.flags(model.index(4, 0)), Qt::ItemFlags(Qt::NoItemFlags));
        model.setSearch(u"ci-deploy"_s);
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.index(0, 0).data(TokenModel::SectionRole).toString(), u"Named by no application · 1"_s);
        model.setSearch({});
        model.setApplications({});
        QCOMPARE(model.index(0, 0).data(TokenModel::SectionRole).toString(), u"Named by no application · 8"_s);
        model.setGrouped(false);
        QCOMPARE(model.rowCount(), 8);
    }

    void ownersAreShownAndSought()
    {
        Watched watched;
        TokenModel& model = watched.model;
        model.setTokens(samples::tokens());
        model.setOwners({{samples::tokens()[2].id, u"Ada Lovelace"_s}, {samples::tokens()[5].id, u"Émile"_s}});
        model.setSearch(u"owner:émi"_s);
        QCOMPARE(names(model), QStringList{u"terraform"_s});
        QCOMPARE(model.index(0, TokenModel::Owner).data().toString(), u"Émile"_s);
        model.setSearch({});
        model.sort(TokenModel::Owner);
        QCOMPARE(names(model).first(2), (QStringList{u"ci-deploy"_s, u"terraform"_s}));
    }

    void profilesAreShownAndPutInOrder()
    {
        Watched watched;
        TokenModel& model = watched.model;
        model.setTokens(samples::tokens());
        std::unordered_map<access::TokenId, QString> accounts;
        for (const access::ServiceToken& token : samples::tokens())
            accounts.emplace(token.id, u"Lab"_s);
        accounts[samples::tokens()[2].id] = u"Acme"_s;
        model.setAccounts(accounts);
        model.sort(TokenModel::Account);
        QCOMPARE(names(model).first(), QString::fromStdString(samples::tokens()[2].name));
        QCOMPARE(model.index(0, TokenModel::Account).data().toString(), u"Acme"_s);
        model.sort(TokenModel::Account, Qt::DescendingOrder);
        QCOMPARE(names(model).last(), QString::fromStdString(samples::tokens()[2].name));
        // One that comes later is known already.
        access::ServiceToken late = samples::tokens()[0];
        late.id = access::TokenId{"late"};
        accounts.emplace(late.id, u"Aaa"_s);
        model.setAccounts(accounts);
        model.putToken(late);
        model.sort(TokenModel::Account);
        QCOMPARE(model.index(0, TokenModel::Account).data().toString(), u"Aaa"_s);
        model.setAccounts({});
        QCOMPARE(model.index(0, TokenModel::Account).data().toString(), QString());
    }

    void theTimelinesSpanFilters()
    {
        Watched watched;
        TokenModel& model = watched.model;
        model.setTokens(samples::tokens());
        model.setSpan(ExpirySpan{samples::now, samples::now + 20 * 24h, false});
        QCOMPARE(names(model), (QStringList{u"grafana-prod"_s, u"ci-deploy"_s}));
        model.setSpan(ExpirySpan{samples::now + 200 * 24h, std::nullopt, true});
        QCOMPARE(names(model), (QStringList{u"partner-feed"_s, u"synthetic-checks"_s}));
        QVERIFY(model.isFiltering());
        model.setSpan(std::nullopt);
        QVERIFY(!model.isFiltering());
    }

    void manyRemovalsAtOnceLeaveTheTruth()
    {
        Watched watched;
        TokenModel& model = watched.model;
        model.setTokens(samples::tokens(500));
        auto tokens = samples::tokens(500);
        std::erase_if(tokens, [](const ServiceToken& token) { return token.name.back() % 2 == 0; });
        model.setTokens(tokens);
        QCOMPARE(model.rowCount(), static_cast<int>(tokens.size()));
        QCOMPARE(model.counts().all, static_cast<int>(tokens.size()));
        for (const ServiceToken& token : tokens) {
            QVERIFY(model.find(token.id));
            QCOMPARE(*model.find(token.id), token);
        }
    }

    void pagesAddUpToTheList()
    {
        Watched watched;
        TokenModel& model = watched.model;
        const auto tokens = samples::tokens(300);
        for (std::size_t from = 0; from < tokens.size(); from += 100)
            model.addTokens({tokens.begin() + static_cast<std::ptrdiff_t>(from),
                             tokens.begin() + static_cast<std::ptrdiff_t>(std::min(from + 100, tokens.size()))});
        QCOMPARE(model.rowCount(), 308);
        Watched whole;
        whole.model.setTokens(tokens);
        QCOMPARE(names(model), names(whole.model));
    }

    void aTokenListedTwiceIsOneRow()
    {
        Watched watched;
        TokenModel& model = watched.model;
        auto tokens = samples::tokens();
        tokens.push_back(tokens[0]);
        model.setTokens(tokens);
        QCOMPARE(model.rowCount(), 8);
        model.putToken(tokens[0]);
        QCOMPARE(model.rowCount(), 8);
        model.removeToken(tokens[0].id);
        model.removeToken(tokens[0].id);
        QCOMPARE(model.rowCount(), 7);
        QVERIFY(!model.find(tokens[0].id));
    }

    void timeMovesStatesAndCounts()
    {
        Watched watched;
        TokenModel& model = watched.model;
        model.setTokens(samples::tokens());
        model.setSearch(u"state:expired"_s);
        QSignalSpy counts(&model, &TokenModel::countsChanged);
        model.setNow(samples::now + 13 * 24h);
        QCOMPARE(model.counts().expired, 2);
        QCOMPARE(counts.count(), 1);
        QCOMPARE(names(model), (QStringList{u"legacy-backup-job"_s, u"grafana-prod"_s}));
        QCOMPARE(model.index(1, TokenModel::State).data().toString(), u"Expired"_s);
    }

    void anOldListSaysSo()
    {
        Watched watched;
        TokenModel& model = watched.model;
        model.setTokens(samples::tokens());
        model.setOld(true);
        QVERIFY(model.index(0, 0).data(TokenModel::OldRole).toBool());
        QVERIFY(model.index(0, 0).data(Qt::AccessibleTextRole).toString().contains(u"may be out of date"_s));
        model.setOld(false);
        QCOMPARE(model.index(0, 0).data(Qt::AccessibleTextRole).toString(), u"Expired"_s);
    }

    void tenThousandTokensFilterAndSort()
    {
        TokenModel model(DateText(QLocale(u"en_GB"_s), QTimeZone::utc()), samples::now);
        model.setTokens(samples::tokens(10000));
        QCOMPARE(model.rowCount(), 10008);
        model.setSearch(u"service-99"_s);
        QCOMPARE(model.rowCount(), 111);   // 99, 990 to 999, 9900 to 9999
        auto tokens = samples::tokens(10000);
        for (ServiceToken& token : tokens)
            token.lastSeenAt = samples::now;
        model.setTokens(tokens);
        QCOMPARE(model.counts().unused, 0);
    }
};

LATCHKEY_TEST(TestTokenModel)

} // namespace tst_ui_tokenmodel

#include "tst_ui_tokenmodel.moc"
