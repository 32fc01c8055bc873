// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Samples.h"
#include "Widgets.h"
#include "ui/ConfirmDialog.h"
#include "ui/CreateTokenDialog.h"
#include "ui/EnglishPlurals.h"
#include "ui/ObjectNames.h"
#include "ui/SecretField.h"
#include "ui/Theme.h"

#include "TestProgram.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

namespace tst_ui_create {

using namespace latchkey;
using namespace latchkey::ui;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using samples::child;

class TestCreateTokenDialog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QLocale::setDefault(QLocale(u"en_GB"_s));
        QCoreApplication::installTranslator(&m_plurals);
        m_theme.applyTo(*qobject_cast<QApplication*>(QCoreApplication::instance()));
        qRegisterMetaType<CreateTokenRequest>();
    }

    void init()
    {
        m_dialog = std::make_unique<CreateTokenDialog>(m_theme, samples::now);
        m_dialog->show();
        m_requests = 0;
        connect(m_dialog.get(), &CreateTokenDialog::createRequested, this, [this](const CreateTokenRequest& request) {
            ++m_requests;
            m_request = request;
        });
    }

    void cleanup() { m_dialog.reset(); }

    void theNameIsRequiredAndToldAsItIsTyped_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("hint");
        QTest::addColumn<bool>("good");
        QTest::newRow("empty") << QString() << u"Enter a name."_s << false;
        QTest::newRow("blanks only") << u"   "_s << u"Enter a name."_s << false;
        QTest::newRow("one character") << u"x"_s << u"It appears in logs and tells tokens apart."_s << true;
        QTest::newRow("199: no counter yet") << QString(199, u'x') << u"It appears in logs and tells tokens apart."_s << true;
        QTest::newRow("200: counted") << QString(200, u'x') << u"200 of 255 characters"_s << true;
        QTest::newRow("255 is the most") << QString(255, u'x') << u"255 of 255 characters"_s << true;
        QTest::newRow("256 is one too many") << QString(256, u'x') << u"1 character too many: a name has at most 255."_s << false;
        QTest::newRow("a character outside the basic plane is one") << u"😀"_s.repeated(255) << u"255 of 255 characters"_s << true;
    }

    void theNameIsRequiredAndToldAsItIsTyped()
    {
        QFETCH(QString, typed);
        QFETCH(QString, hint);
        QFETCH(bool, good);
        auto& name = child<QLineEdit>(*m_dialog, QString(names::createName));
        if (typed.size() < 4)
            QTest::keyClicks(&name, typed);
        else
            name.setText(typed);
        QTest::mouseClick(&child<QPushButton>(*m_dialog, QString(names::createSubmit)), Qt::LeftButton);
        QCOMPARE(child<QLabel>(*m_dialog, QString(names::createNameHint)).text(), hint);
        QCOMPARE(m_requests, good ? 1 : 0);
        if (good)
            QCOMPARE(QString::fromStdString(m_request.name), typed);
    }

    void theNameIsTrimmedAndLineBreaksBecomeBlanks()
    {
        child<QLineEdit>(*m_dialog, QString(names::createName)).setText(u"  two\nlines\t "_s);
        QTest::keyClick(&child<QLineEdit>(*m_dialog, QString(names::createName)), Qt::Key_Return);
        QCOMPARE(m_requests, 1);
        QCOMPARE(m_request.name, std::string("two lines"));
    }

    void theDurationIsWhatWasChosen_data()
    {
        QTest::addColumn<int>("choice");
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("expected");   // empty: refused
        QTest::addColumn<QString>("hint");
        QTest::newRow("three months") << 0 << QString() << u"2160h"_s << u"Ends in 3 months · 21 Feb 2027"_s;
        QTest::newRow("six months") << 1 << QString() << u"4320h"_s << u"Ends in 6 months · 22 May 2027"_s;
        QTest::newRow("one year") << 2 << QString() << u"8760h"_s << u"Ends in 1 year · 23 Nov 2027"_s;
        QTest::newRow("two years") << 3 << QString() << u"17520h"_s << u"Ends in 2 years · 22 Nov 2028"_s;
        QTest::newRow("never") << 4 << QString() << u"forever"_s << u"It never ends. Delete it when it is no longer needed."_s;
        QTest::newRow("custom") << 5 << u"48h"_s << u"48h"_s << u"Ends in 2 days · 25 Nov 2026"_s;
        QTest::newRow("custom, blanks around it") << 5 << u" 90m "_s << u"90m"_s << u"Ends in 2 hours"_s;
        QTest::newRow("custom, nothing typed") << 5 << QString() << QString() << u"Hours, minutes and seconds"_s;
        QTest::newRow("custom, a wrong unit: the character is named") << 5 << u"12x"_s << QString() << u"x"_s;
    }

    void theDurationIsWhatWasChosen()
    {
        QFETCH(int, choice);
        QFETCH(QString, typed);
        QFETCH(QString, expected);
        QFETCH(QString, hint);
        QTest::keyClicks(&child<QLineEdit>(*m_dialog, QString(names::createName)), u"n"_s);
        child<QComboBox>(*m_dialog, QString(names::createDuration)).setCurrentIndex(choice);
        auto& custom = child<QLineEdit>(*m_dialog, QString(names::createCustom));
        QCOMPARE(custom.isVisible(), choice == 5);
        QTest::keyClicks(&custom, typed);
        const QString shown = child<QLabel>(*m_dialog, QString(names::createEnd)).text();
        QVERIFY2(shown.contains(hint), qPrintable(shown));
        QTest::mouseClick(&child<QPushButton>(*m_dialog, QString(names::createSubmit)), Qt::LeftButton);
        QCOMPARE(m_requests, expected.isEmpty() ? 0 : 1);
        if (!expected.isEmpty())
            QCOMPARE(QString::fromStdString(m_request.duration.text()), expected);
        else
            QCOMPARE(custom.text(), typed);
    }

    void keepIsOnUnlessThePersonOrTheKeychainSaysNo()
    {
        submit();
        QVERIFY(m_request.keep);
        m_dialog->showError({ErrorCode::network, "No answer.", {}});
        child<QCheckBox>(*m_dialog, QString(names::createKeep)).setChecked(false);
        QTest::mouseClick(&child<QPushButton>(*m_dialog, QString(names::createSubmit)), Qt::LeftButton);
        QVERIFY(!m_request.keep);
        m_dialog->showError({ErrorCode::network, "No answer.", {}});
        m_dialog->setKeychainUnusable(u"The keychain is locked."_s);
        QVERIFY(!child<QCheckBox>(*m_dialog, QString(names::createKeep)).isEnabled());
        QVERIFY(child<QLabel>(*m_dialog, QString(names::createKeepHint)).text().contains(u"The keychain is locked."_s));
        QTest::mouseClick(&child<QPushButton>(*m_dialog, QString(names::createSubmit)), Qt::LeftButton);
        QCOMPARE(m_requests, 3);
        QVERIFY(!m_request.keep);
    }

    void aFailureKeepsWhatWasTyped()
    {
        submit();
        QVERIFY(!child<QPushButton>(*m_dialog, QString(names::createSubmit)).isEnabled());
        m_dialog->showError({ErrorCode::network, "The agent does not answer.", {}});
        QCOMPARE(child<QLineEdit>(*m_dialog, QString(names::createName)).text(), u"grafana-prod"_s);
        QVERIFY(child<QLabel>(*m_dialog, QString(names::createError)).isVisible());
        QCOMPARE(child<QLabel>(*m_dialog, QString(names::createError)).text(), u"The agent does not answer."_s);
        QVERIFY(child<QPushButton>(*m_dialog, QString(names::createSubmit)).isEnabled());
        submit();
        QVERIFY(!child<QLabel>(*m_dialog, QString(names::createError)).isVisible());
    }

    void cancellingACreateUnderWayAsksTheAppAndStays()
    {
        QSignalSpy cancelled(m_dialog.get(), &CreateTokenDialog::cancelRequested);
        submit();
        QTest::keyClick(m_dialog.get(), Qt::Key_Escape);
        QCOMPARE(cancelled.count(), 1);
        QVERIFY(m_dialog->isVisible());
    }

    void doneOpensByCopyingKeepingOrConfirming_data()
    {
        QTest::addColumn<int>("how");
        QTest::newRow("the secret was copied") << 0;
        QTest::newRow("the headers were copied") << 1;
        QTest::newRow("the keychain has it") << 2;
        QTest::newRow("the person says so") << 3;
    }

    void doneOpensByCopyingKeepingOrConfirming()
    {
        QFETCH(int, how);
        create(KeepState::keeping);
        auto& done = child<QPushButton>(*m_dialog, QString(names::secretDone));
        QVERIFY(!done.isEnabled());
        m_dialog->showCopied(CopyKind::clientId);
        QVERIFY2(!done.isEnabled(), "the Client ID alone is not the secret");
        m_dialog->setKeepState(KeepState::failed, u"The keychain is locked."_s);
        QVERIFY(!done.isEnabled());
        switch (how) {
        case 0: m_dialog->showCopied(CopyKind::clientSecret); break;
        case 1: m_dialog->showCopied(CopyKind::headers); break;
        case 2: m_dialog->setKeepState(KeepState::kept); break;
        default: child<QCheckBox>(*m_dialog, QString(names::secretStored)).click();
        }
        QVERIFY(done.isEnabled());
        QSignalSpy accepted(m_dialog.get(), &QDialog::accepted);
        QTest::mouseClick(&done, Qt::LeftButton);
        QCOMPARE(accepted.count(), 1);
        QVERIFY2(m_dialog->secret().isEmpty(), "wiped when it closes");
    }

    void theKeychainsOutcomeIsToldTruthfully()
    {
        create(KeepState::keeping);
        auto& state = child<QLabel>(*m_dialog, QString(names::secretKeepState));
        auto& retry = child<QPushButton>(*m_dialog, QString(names::secretKeepRetry));
        QVERIFY(state.text().contains(u"Putting it into"_s));
        QVERIFY(!retry.isVisible());
        m_dialog->setKeepState(KeepState::failed, u"The keychain is locked."_s);
        QVERIFY(state.text().contains(u"could not be kept"_s) && state.text().contains(u"The keychain is locked."_s));
        QSignalSpy again(m_dialog.get(), &CreateTokenDialog::keepRetryRequested);
        QTest::mouseClick(&retry, Qt::LeftButton);
        QCOMPARE(again.count(), 1);
        m_dialog->setKeepState(KeepState::kept);
        QVERIFY(state.text().startsWith(u"Kept in this computer's keychain"_s));
        QVERIFY(!retry.isVisible());
    }

    void closingEarlyAsks()
    {
        create(KeepState::notAsked);
        QSignalSpy rejected(m_dialog.get(), &QDialog::rejected);
        m_dialog->close();
        QVERIFY(m_dialog->isVisible());
        auto* question = m_dialog->findChild<ConfirmDialog*>();
        QVERIFY(question);
        QTest::mouseClick(&child<QPushButton>(*question, QString(names::confirmNo)), Qt::LeftButton);
        QVERIFY(m_dialog->isVisible());
        QVERIFY(!m_dialog->secret().isEmpty());
        QTRY_VERIFY(!m_dialog->findChild<ConfirmDialog*>());

        QTest::keyClick(m_dialog.get(), Qt::Key_Escape);
        question = m_dialog->findChild<ConfirmDialog*>();
        QVERIFY(question);
        QTest::mouseClick(&child<QPushButton>(*question, QString(names::confirmYes)), Qt::LeftButton);
        QCOMPARE(rejected.count(), 1);
        QVERIFY(m_dialog->secret().isEmpty());
    }

    void closingAfterKeepingDoesNotAsk()
    {
        create(KeepState::kept);
        m_dialog->close();
        QVERIFY(!m_dialog->isVisible());
        QVERIFY(m_dialog->secret().isEmpty());
    }

    void copyButtonsAskTheAppAndSayCopiedOnlyWhenToldSo()
    {
        create(KeepState::notAsked);
        std::vector<CopyKind> asked;
        connect(m_dialog.get(), &CreateTokenDialog::copyRequested, this, [&](CopyKind kind) { asked.push_back(kind); });
        const std::vector<CopyKind> kinds{CopyKind::clientId, CopyKind::clientSecret, CopyKind::headers, CopyKind::environment, CopyKind::curl, CopyKind::json};
        for (const CopyKind kind : kinds)
            QTest::mouseClick(&child<QPushButton>(*m_dialog, names::secretCopy(kind)), Qt::LeftButton);
        QCOMPARE(asked, kinds);
        auto& copy = child<QPushButton>(*m_dialog, names::secretCopy(CopyKind::clientSecret));
        QCOMPARE(copy.text(), u"Copy"_s);
        m_dialog->showCopied(CopyKind::clientSecret);
        QCOMPARE(copy.text(), u"Copied"_s);
        m_dialog->setClipboardCountdown(52s);
        QCOMPARE(child<QLabel>(*m_dialog, QString(names::secretCountdown)).text(), u"The clipboard is cleared in 0:52, unless it changes before."_s);
        m_dialog->setClipboardCountdown(std::nullopt);
        QCOMPARE(copy.text(), u"Copy"_s);
        QCOMPARE(std::string(m_dialog->text(CopyKind::clientSecret).reveal()), std::string(samples::secret));
    }

    void theSecretIsNeverAText()
    {
        create(KeepState::notAsked);
        const QString secret = QString::fromLatin1(samples::secret);
        QVERIFY2(samples::isReadable(*m_dialog, u"grafana-prod"_s), "what is looked through can be found");
        QVERIFY(!samples::isReadable(*m_dialog, secret));
        QVERIFY(!samples::isReadable(*m_dialog, secret.mid(6, 12)));
        QTest::mouseClick(&child<QPushButton>(*m_dialog, QString(names::secretReveal)), Qt::LeftButton);
        QVERIFY(child<SecretField>(*m_dialog, QString(names::secretField)).isRevealed());
        QVERIFY(!samples::isReadable(*m_dialog, secret.mid(6, 12)));
    }

    void theMaskDoesNotDependOnTheSecret()
    {
        SecretField one(m_theme);
        SecretField other(m_theme);
        for (SecretField* field : {&one, &other})
            field->resize(500, 34);
        one.setSecret(SecretBytes(std::string_view(samples::secret)));
        other.setSecret(SecretBytes(std::string_view("cfast_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA00000000")));
        QCOMPARE(one.grab().toImage(), other.grab().toImage());
        one.setRevealed(true);
        other.setRevealed(true);
        QVERIFY(one.grab().toImage() != other.grab().toImage());
        one.hide();
        one.setSecret(SecretBytes(std::string_view(samples::secret)));
        QVERIFY2(!one.isRevealed(), "a new secret starts masked");
        one.clear();
        QVERIFY(one.secret().isEmpty());
    }

    void theKeyboardCopiesFromTheSecretField()
    {
        create(KeepState::notAsked);
        QSignalSpy copied(m_dialog.get(), &CreateTokenDialog::copyRequested);
        QTest::keySequence(&child<SecretField>(*m_dialog, QString(names::secretField)), QKeySequence::Copy);
        QCOMPARE(copied.count(), 1);
    }

private:
    void submit()
    {
        child<QLineEdit>(*m_dialog, QString(names::createName)).setText(u"grafana-prod"_s);
        QTest::mouseClick(&child<QPushButton>(*m_dialog, QString(names::createSubmit)), Qt::LeftButton);
    }

    void create(KeepState keep)
    {
        submit();
        m_dialog->showCreated(samples::tokens()[1], SecretBytes(std::string_view(samples::secret)), keep);
    }

    Theme m_theme;
    EnglishPlurals m_plurals;
    std::unique_ptr<CreateTokenDialog> m_dialog;
    CreateTokenRequest m_request;
    int m_requests = 0;
};

LATCHKEY_WIDGET_TEST(TestCreateTokenDialog)

} // namespace tst_ui_create

#include "tst_ui_create.moc"
