// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Samples.h"
#include "ui/TokenFilterModel.h"
#include "ui/TokenModel.h"

#include <QItemSelectionModel>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <random>

using namespace latchkey;
using namespace latchkey::ui;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using access::ServiceToken;

namespace {

TokenModel makeModel()
{
    return TokenModel(DateText(QLocale(u"en_GB"_s), QTimeZone::utc()), samples::now);
}

QStringList names(const TokenFilterModel& rows)
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
        TokenModel model = makeModel();
        model.setTokens(samples::tokens());
        const TokenCounts& counts = model.counts();
        const int counted[] = {counts.all, counts.expiringSoon, counts.expired, counts.disabled, counts.unused};
        QCOMPARE(counted[static_cast<int>(filter)], expected);
        TokenFilterModel rows(model);
        rows.setFilter(filter);
        QCOMPARE(rows.rowCount(), expected);
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
        TokenModel model = makeModel();
        model.setTokens(samples::tokens());
        TokenFilterModel rows(model);
        rows.setSearch(search);
        QCOMPARE(names(rows), expected);
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
            TokenModel model = makeModel();
            model.setTokens(tokens);
            TokenFilterModel rows(model);
            rows.sort(column, order);
            QCOMPARE(names(rows).first(first.size()), first);
            if (round > 0)
                QCOMPARE(names(rows), before);
            before = names(rows);
        }
    }

    void aReloadTouchesOnlyWhatChanged()
    {
        TokenModel model = makeModel();
        model.setTokens(samples::tokens());
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);

        model.setTokens(samples::tokens());
        QCOMPARE(inserted.count() + removed.count() + changed.count() + reset.count(), 0);

        auto tokens = samples::tokens();
        tokens[2].name = "ci-deploy-2";
        tokens.erase(tokens.begin() + 4);
        tokens.push_back(samples::token("new-one", 24h, 1h));
        model.setTokens(tokens);
        QCOMPARE(removed.count(), 1);
        QCOMPARE(removed[0][1].toInt(), 4);
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changed[0][0].toModelIndex().row(), 2);
        QCOMPARE(changed[0][1].toModelIndex().row(), 2);
        QCOMPARE(inserted.count(), 1);
        QCOMPARE(reset.count(), 0);
        QCOMPARE(model.rowCount(), 8);
        for (int row = 0; row < model.rowCount(); ++row)
            QCOMPARE(model.rowOf(model.tokenAt(row).id), std::optional(row));
    }

    void aReloadKeepsTheSelection()
    {
        TokenModel model = makeModel();
        model.setTokens(samples::tokens());
        TokenFilterModel rows(model);
        rows.sort(TokenModel::Expires);
        QItemSelectionModel selection(&rows);
        selection.select(rows.mapFromSource(model.index(1, 0)), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        auto tokens = samples::tokens();
        tokens.erase(tokens.begin());
        tokens[0].expiresAt = samples::now + 8760h;   // it moves down when it is refreshed
        model.setTokens(tokens);
        const QModelIndexList selected = selection.selectedRows(TokenModel::Name);
        QCOMPARE(selected.size(), 1);
        QCOMPARE(selected[0].data().toString(), u"grafana-prod"_s);
    }

    void manyRemovalsAtOnceLeaveTheTruth()
    {
        TokenModel model = makeModel();
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
        TokenFilterModel rows(model);
        rows.setSearch(QString::fromStdString(tokens.back().name));
        QVERIFY(rows.rowCount() >= 1);
    }

    void aTokenListedTwiceIsOneRow()
    {
        TokenModel model = makeModel();
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
        TokenModel model = makeModel();
        model.setTokens(samples::tokens());
        QSignalSpy counts(&model, &TokenModel::countsChanged);
        model.setNow(samples::now + 13 * 24h);
        QCOMPARE(model.counts().expired, 2);
        QCOMPARE(counts.count(), 1);
        QCOMPARE(model.index(1, TokenModel::State).data().toString(), u"Expired"_s);
    }

    void anOldListSaysSo()
    {
        TokenModel model = makeModel();
        model.setTokens(samples::tokens());
        model.setOld(true);
        QVERIFY(model.index(0, 0).data(TokenModel::OldRole).toBool());
        QVERIFY(model.index(0, 0).data(Qt::AccessibleTextRole).toString().contains(u"may be out of date"_s));
        model.setOld(false);
        QCOMPARE(model.index(0, 0).data(Qt::AccessibleTextRole).toString(), u"Expired"_s);
    }

    void tenThousandTokensFilterAndSort()
    {
        TokenModel model = makeModel();
        model.setTokens(samples::tokens(10000));
        QCOMPARE(model.rowCount(), 10008);
        TokenFilterModel rows(model);
        rows.sort(TokenModel::Expires);
        rows.setSearch(u"service-99"_s);
        QCOMPARE(rows.rowCount(), 111);   // 99, 990 to 999, 9900 to 9999
        auto tokens = samples::tokens(10000);
        for (ServiceToken& token : tokens)
            token.lastSeenAt = samples::now;
        model.setTokens(tokens);
        QCOMPARE(model.counts().unused, 0);
    }
};

QTEST_GUILESS_MAIN(TestTokenModel)
#include "tst_ui_tokenmodel.moc"
