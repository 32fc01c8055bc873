// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ui/FuzzyMatch.h"
#include "ui/PaletteModel.h"

#include "TestProgram.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

namespace tst_ui_palette {

using namespace latchkey;
using namespace latchkey::ui;
using namespace Qt::StringLiterals;

class TestPalette final : public QObject {
    Q_OBJECT

    static std::vector<access::ServiceToken> many(int count)
    {
        std::vector<access::ServiceToken> tokens(static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) {
            auto& token = tokens[static_cast<std::size_t>(i)];
            token.id.value = "id-" + std::to_string(i);
            token.name = "service-" + std::to_string(i % 97) + "-deploy-" + std::to_string(i);
        }
        return tokens;
    }
    static PaletteTokens source(const std::vector<access::ServiceToken>& tokens)
    {
        return {.count = [&tokens] { return tokens.size(); }, .at = [&tokens](std::size_t i) { return &tokens[i]; }};
    }

private Q_SLOTS:
    void whatMatches_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("matches");
        QTest::newRow("nothing typed") << QString() << u"anything"_s << true;
        QTest::newRow("a part") << u"fan"_s << u"Grafana"_s << true;
        QTest::newRow("letters in order") << u"gfp"_s << u"grafana-prod"_s << true;
        QTest::newRow("letters out of order") << u"pfg"_s << u"grafana-prod"_s << false;
        QTest::newRow("words in any order") << u"prod graf"_s << u"grafana-prod"_s << true;
        QTest::newRow("one word of two") << u"graf nothing"_s << u"grafana-prod"_s << false;
        QTest::newRow("other letters than Latin") << u"жур"_s << u"Журнал"_s << true;
    }
    void whatMatches()
    {
        QFETCH(QString, typed);
        QFETCH(QString, text);
        QFETCH(bool, matches);
        QCOMPARE(fuzzyScore(typed.toCaseFolded(), text).has_value(), matches);
    }

    void theBetterAnswerComesFirst_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("better");
        QTest::addColumn<QString>("worse");
        QTest::newRow("in one piece before in pieces") << u"prod"_s << u"grafana-prod"_s << u"p-r-o-d"_s;
        QTest::newRow("at the beginning before later") << u"graf"_s << u"grafana"_s << u"old-grafana"_s;
        QTest::newRow("a word's beginning before its middle") << u"ana"_s << u"x-analytics"_s << u"xx-grafana"_s;
        QTest::newRow("beginnings of words before any letters") << u"gp"_s << u"grafana-prod"_s << u"magnetophon"_s;
        QTest::newRow("the shorter one") << u"grafana"_s << u"grafana"_s << u"grafana-of-the-third-floor"_s;
    }
    void theBetterAnswerComesFirst()
    {
        QFETCH(QString, typed);
        QFETCH(QString, better);
        QFETCH(QString, worse);
        const auto good = fuzzyScore(typed, better);
        const auto bad = fuzzyScore(typed, worse);
        QVERIFY(good && bad);
        QVERIFY2(*good > *bad, qPrintable(u"%1 %2"_s.arg(*good).arg(*bad)));
    }

    void actionsComeBeforeTokensAndDisabledOnesNotAtAll()
    {
        QAction refresh(u"Refresh tokens"_s);
        QAction off(u"Refresh nothing"_s);
        off.setEnabled(false);
        auto tokens = many(3);
        tokens[1].name = "refresher";
        PaletteModel model({&refresh, &off}, source(tokens));
        QCOMPARE(model.rowCount(), 1);   // nothing typed: what can be done, and no tokens
        QSignalSpy searched(&model, &PaletteModel::searched);
        model.setPattern(u" Refresh "_s);
        QVERIFY(searched.wait());
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(model.actionAt(0), &refresh);
        QCOMPARE(model.actionAt(1), nullptr);
        QCOMPARE(model.tokenAt(1).value, std::string("id-1"));
        QCOMPARE(model.index(1, 0).data(Qt::AccessibleTextRole).toString(), u"Token refresher"_s);
        model.setPattern({});
        QCOMPARE(model.rowCount(), 1);
    }

    void aHundredThousandTokensNeverBlock()
    {
        const auto tokens = many(100'000);
        PaletteModel model({}, source(tokens));
        QSignalSpy searched(&model, &PaletteModel::searched);
        qint64 longest = 0;
        QElapsedTimer turn;
        QTimer beat;   // runs between two turns of the search
        connect(&beat, &QTimer::timeout, this, [&] { longest = std::max(longest, turn.restart()); });
        beat.start(0);
        turn.start();
        model.setPattern(u"deploy99999"_s);
        QVERIFY(searched.wait(20'000));
        QVERIFY(model.rowCount() > 0);
        QCOMPARE(model.tokenAt(0).value, std::string("id-99999"));
        QVERIFY(model.rowCount() <= static_cast<int>(PaletteModel::mostTokens));
        QVERIFY2(longest < 50, qPrintable(u"%1 ms without a turn of the event loop"_s.arg(longest)));
    }

    void tokensThatGoWhileItSearchesDoNoHarm()
    {
        auto tokens = many(50'000);
        PaletteModel model({}, source(tokens));
        QSignalSpy searched(&model, &PaletteModel::searched);
        model.setPattern(u"deploy"_s);
        QTest::qWait(1);
        tokens.resize(10);
        if (searched.isEmpty())
            QVERIFY(searched.wait());
        QVERIFY(model.rowCount() > 0);
    }
};

LATCHKEY_WIDGET_TEST(TestPalette)

} // namespace tst_ui_palette

#include "tst_ui_palette.moc"
