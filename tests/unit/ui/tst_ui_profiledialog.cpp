// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// The dialog that adds and edits a Cloudflare account, by clicking and typing.
#include "Samples.h"
#include "Widgets.h"
#include "ui/ObjectNames.h"
#include "ui/OperationNames.h"
#include "ui/ProfileDialog.h"
#include "ui/Theme.h"

#include "TestProgram.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

namespace tst_ui_profiledialog {

using namespace latchkey;
using namespace latchkey::ui;
using namespace Qt::StringLiterals;
using samples::child;
using Kind = ProfileFinding::Kind;
using Source = ProfileTokenPanel::Source;

namespace {

const QString accountA = u"0123456789abcdef0123456789abcdef"_s;
const QString accountB = u"ffffffffffffffffffffffffffffffff"_s;
const QString usual = u"https://api.cloudflare.com/client/v4"_s;

ProfileDialog::Facts fresh()
{
    return {.existing = {}, .usualApiBase = usual, .tokenInEnvironment = false, .beginWithEnvironment = false, .accountInEnvironment = {}};
}

ProfileReport twoAccounts(bool works)
{
    return {.works = works, .findings = {{works ? Kind::good : Kind::bad, u"What was found."_s}}, .accounts = {{accountA, u"Example Corp"_s}, {accountB, u"Example Labs"_s}}, .accountId = accountA};
}

} // namespace

class TestProfileDialog final : public QObject {
    Q_OBJECT

    Theme m_theme{Scheme::light};

private Q_SLOTS:
    void aNewOneIsTriedBeforeItIsSaved()
    {
        ProfileDialog dialog(m_theme, fresh());
        dialog.show();
        auto& save = child<QPushButton>(dialog, names::profileSave);
        auto& test = child<QPushButton>(dialog, names::profileTest);
        QVERIFY(!save.isEnabled());
        QVERIFY(!test.isEnabled());
        QTest::keyClicks(&child<QLineEdit>(dialog, names::profileEditName), u" Production "_s);
        QVERIFY(!save.isEnabled());
        QTest::keyClicks(&child<QLineEdit>(dialog, names::profileToken), u"Bearer abc_DEF-123"_s);
        QVERIFY(save.isEnabled());
        QCOMPARE(dialog.tokenSource(), Source::typed);
        QVERIFY(dialog.typedToken().equals("abc_DEF-123"));

        QSignalSpy tests(&dialog, &ProfileDialog::testRequested);
        QSignalSpy saves(&dialog, &ProfileDialog::saveRequested);
        QTest::mouseClick(&save, Qt::LeftButton);
        QCOMPARE(saves.takeFirst().front().toBool(), false);   // nothing is known of it yet
        QVERIFY(!save.isEnabled());
        dialog.showReport(twoAccounts(true));
        QVERIFY(save.isEnabled());
        QTest::mouseClick(&save, Qt::LeftButton);
        QCOMPARE(saves.takeFirst().front().toBool(), true);
        QCOMPARE(tests.size(), 0);

        const ProfileDraft draft = dialog.draft();
        QCOMPARE(draft.name, u"Production"_s);
        QCOMPARE(draft.accountId, accountA);
        QCOMPARE(draft.accountName, u"Example Corp"_s);
        QCOMPARE(draft.apiBase, usual);
    }

    void theAccountIsChosenAmongThoseTheTokenReaches()
    {
        ProfileDialog dialog(m_theme, fresh());
        dialog.show();
        auto& accounts = child<QComboBox>(dialog, names::profileAccount);
        auto& typed = child<QLineEdit>(dialog, names::profileAccountId);
        QVERIFY(!accounts.isVisibleTo(&dialog));
        QVERIFY(typed.isVisibleTo(&dialog));
        dialog.showReport(twoAccounts(true));
        QVERIFY(accounts.isVisibleTo(&dialog));
        QVERIFY(!typed.isVisibleTo(&dialog));
        QTest::keyClick(&accounts, Qt::Key_Down);
        QCOMPARE(dialog.draft().accountId, accountB);
        // By its ID all the same.
        QTest::keyClick(&accounts, Qt::Key_Down);
        QVERIFY(typed.isVisibleTo(&dialog));
        QTest::keyClicks(&typed, u"  AAAA"_s);
        QCOMPARE(dialog.draft().accountId, u"aaaa"_s);
        QVERIFY(dialog.draft().accountName.isEmpty());
        // The choice outlives another try.
        dialog.showReport(twoAccounts(true));
        QCOMPARE(dialog.draft().accountId, u"aaaa"_s);
    }

    void whatWasFoundHoldsNoMoreOnceSomethingIsChanged_data()
    {
        QTest::addColumn<QString>("field");
        for (const QLatin1StringView field : {names::profileToken, names::profileAccountId, names::profileApiBase, names::profileCaFile, names::profileZone})
            QTest::addRow("%s", field.data()) << QString(field);
    }

    void whatWasFoundHoldsNoMoreOnceSomethingIsChanged()
    {
        QFETCH(const QString, field);
        ProfileDialog dialog(m_theme, fresh());
        dialog.show();
        child<QLineEdit>(dialog, names::profileEditName).setText(u"x"_s);
        child<QLineEdit>(dialog, names::profileToken).setText(u"secret"_s);
        dialog.showReport({.works = true, .findings = {{Kind::good, u"It works."_s}}, .accounts = {}, .accountId = {}});
        auto& findings = child<QWidget>(dialog, names::profileFindings);
        QVERIFY(findings.isVisibleTo(&dialog));
        child<QLineEdit>(dialog, field).setText(u"changed"_s);
        QVERIFY(!findings.isVisibleTo(&dialog));
        QSignalSpy saves(&dialog, &ProfileDialog::saveRequested);
        QTest::mouseClick(&child<QPushButton>(dialog, names::profileSave), Qt::LeftButton);
        QCOMPARE(saves.takeFirst().front().toBool(), false);
    }

    void oneThatDoesNotWorkIsSavedOnlyWhenAskedForAgain()
    {
        ProfileDialog dialog(m_theme, fresh());
        dialog.show();
        child<QLineEdit>(dialog, names::profileEditName).setText(u"x"_s);
        child<QLineEdit>(dialog, names::profileToken).setText(u"secret"_s);
        auto& save = child<QPushButton>(dialog, names::profileSave);
        dialog.showReport(twoAccounts(false));
        QCOMPARE(save.text(), u"&Save anyway"_s);
        child<QLineEdit>(dialog, names::profileToken).setText(u"other"_s);
        QCOMPARE(save.text(), u"&Save"_s);
    }

    void theEnvironmentsTokenNeverComesIntoTheField()
    {
        ProfileDialog::Facts facts = fresh();
        facts.tokenInEnvironment = true;
        facts.accountInEnvironment = accountA;
        ProfileDialog dialog(m_theme, facts);
        dialog.show();
        QCOMPARE(dialog.tokenSource(), Source::none);
        QCOMPARE(dialog.draft().accountId, accountA);
        child<QLineEdit>(dialog, names::profileToken).setText(u"typed"_s);
        QTest::mouseClick(&child<QPushButton>(dialog, names::profileFromEnvironment), Qt::LeftButton);
        QCOMPARE(dialog.tokenSource(), Source::environment);
        QVERIFY(child<QLineEdit>(dialog, names::profileToken).text().isEmpty());
        QVERIFY(!child<QLineEdit>(dialog, names::profileToken).isEnabled());
        QTest::mouseClick(&child<QPushButton>(dialog, names::profileFromEnvironment), Qt::LeftButton);
        QCOMPARE(dialog.tokenSource(), Source::none);
    }

    void anExistingOneKeepsItsTokenWhenTheFieldStaysEmpty()
    {
        ProfileDialog::Facts facts = fresh();
        facts.existing = ProfileDraft{.name = u"Gateway"_s,
                                      .colour = ProfileColour::violet,
                                      .production = true,
                                      .accountId = accountB,
                                      .accountName = u"Example Labs"_s,
                                      .zoneId = {},
                                      .apiBase = u"https://gateway.example/client/v4"_s,
                                      .caFile = u"/etc/ca.pem"_s};
        ProfileDialog dialog(m_theme, facts);
        dialog.show();
        QCOMPARE(dialog.tokenSource(), Source::kept);
        QCOMPARE(dialog.draft(), *facts.existing);
        QVERIFY(child<QLineEdit>(dialog, names::profileApiBase).isVisibleTo(&dialog));   // there is something to see
        // A token that may not list accounts does not take the known one away.
        dialog.showReport({.works = true, .findings = {}, .accounts = {}, .accountId = accountB});
        QCOMPARE(dialog.draft(), *facts.existing);
    }

    void aFailureKeepsWhatWasTypedAndStopCancels()
    {
        ProfileDialog dialog(m_theme, fresh());
        dialog.show();
        child<QLineEdit>(dialog, names::profileEditName).setText(u"x"_s);
        child<QLineEdit>(dialog, names::profileToken).setText(u"secret"_s);
        QSignalSpy cancels(&dialog, &ProfileDialog::cancelRequested);
        QTest::mouseClick(&child<QPushButton>(dialog, names::profileTest), Qt::LeftButton);
        QTest::keyClick(&dialog, Qt::Key_Escape);
        QCOMPARE(cancels.size(), 1);
        QVERIFY(dialog.isVisible());
        dialog.showError(u"Stopped."_s);
        QCOMPARE(child<QLabel>(dialog, names::errorText).text(), u"Stopped."_s);
        QVERIFY(dialog.typedToken().equals("secret"));
        QTest::keyClick(&dialog, Qt::Key_Escape);
        QVERIFY(!dialog.isVisible());
    }
};

LATCHKEY_WIDGET_TEST(TestProfileDialog)

} // namespace tst_ui_profiledialog

#include "tst_ui_profiledialog.moc"
