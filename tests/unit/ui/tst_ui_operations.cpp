// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// The dialogs that change tokens, by clicking and typing; and the snippets' texts.
#include "Samples.h"
#include "Widgets.h"
#include "ui/DurationDialog.h"
#include "ui/EditTokenDialog.h"
#include "ui/EnableDialog.h"
#include "ui/EnglishPlurals.h"
#include "ui/HistoryModel.h"
#include "ui/KeepSecretDialog.h"
#include "ui/ObjectNames.h"
#include "ui/OperationNames.h"
#include "ui/RenameDialog.h"
#include "ui/RotateDialog.h"
#include "ui/Snippet.h"
#include "ui/SnippetPanel.h"
#include "ui/Theme.h"

#include "TestProgram.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDateTimeEdit>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTest>

namespace tst_ui_operations {

using namespace latchkey;
using namespace latchkey::ui;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using access::ServiceToken;
using access::TokenId;
using samples::child;

namespace {

const access::ClientId sampleId{"a42834ce5e101fe5cbd1a37c2a47cf05.access"};

std::string textOf(const SecretBytes& secret)
{
    return std::string(secret.reveal());
}

} // namespace

class TestOperations final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QLocale::setDefault(QLocale(u"en_GB"_s));
        QCoreApplication::installTranslator(&m_plurals);
        m_theme.applyTo(*qobject_cast<QApplication*>(QCoreApplication::instance()));
    }

    void rotateAsksForTheGraceThatWasChosen()
    {
        RotateDialog dialog(m_theme, {.token = samples::tokens()[1], .account = u"Production"_s, .keptNow = true, .now = samples::now});
        dialog.show();
        std::optional<RotateRequest> asked;
        connect(&dialog, &RotateDialog::rotateRequested, &dialog, [&](const RotateRequest& request) { asked = request; });
        auto& choice = child<QComboBox>(dialog, names::graceChoice);
        QCOMPARE(choice.count(), 6);
        choice.setCurrentIndex(choice.findData(qint64{3600}));
        QTest::mouseClick(&child<QPushButton>(dialog, names::rotateSubmit), Qt::LeftButton);
        QVERIFY(asked);
        QCOMPARE(*asked->previousEnd, samples::now + 1h);
        QVERIFY(asked->keep);
        dialog.showError({ErrorCode::network, "The agent does not answer.", {}});
        QCOMPARE(child<QLabel>(dialog, names::errorText).text(), u"The agent does not answer."_s);

        choice.setCurrentIndex(choice.findData(qint64{0}));
        child<QCheckBox>(dialog, names::rotateKeep).setChecked(false);
        QTest::mouseClick(&child<QPushButton>(dialog, names::rotateSubmit), Qt::LeftButton);
        QVERIFY(!asked->previousEnd);
        QVERIFY(!asked->keep);
    }

    void rotateRefusesADateThatIsPast()
    {
        RotateDialog dialog(m_theme, {.token = samples::tokens()[1], .account = u"Production"_s, .keptNow = false, .now = samples::now});
        dialog.show();
        auto& choice = child<QComboBox>(dialog, names::graceChoice);
        choice.setCurrentIndex(choice.findData(qint64{-1}));
        auto& date = child<QDateTimeEdit>(dialog, names::graceDate);
        QVERIFY(date.isVisible());
        QVERIFY(child<QPushButton>(dialog, names::rotateSubmit).isEnabled());
        date.setDateTime(QDateTime::fromSecsSinceEpoch((samples::now - 1h).time_since_epoch().count()));
        QVERIFY(!child<QPushButton>(dialog, names::rotateSubmit).isEnabled());
        QVERIFY(child<QLabel>(dialog, names::graceHint).text().contains(u"past"_s));
    }

    void editSendsOnlyWhatWasChanged()
    {
        const ServiceToken token = samples::tokens()[1];
        EditTokenDialog dialog(m_theme, token, u"Production"_s, samples::now, EditTokenDialog::Begin::atName);
        dialog.show();
        std::optional<EditTokenRequest> asked;
        connect(&dialog, &EditTokenDialog::saveRequested, &dialog, [&](const EditTokenRequest& request) { asked = request; });
        auto& save = child<QPushButton>(dialog, names::editSave);
        auto& name = child<QLineEdit>(dialog, names::createName);
        QVERIFY(!save.isEnabled());
        name.setText(QString(256, u'x'));
        QVERIFY(!save.isEnabled());
        name.setText(u" grafana "_s);
        QVERIFY(save.isEnabled());
        QTest::mouseClick(&save, Qt::LeftButton);
        QCOMPARE(asked->name, std::optional<std::string>("grafana"));
        QVERIFY(!asked->duration);
        dialog.showError({ErrorCode::conflict, "No.", {}});
        QCOMPARE(name.text(), u" grafana "_s);
        auto& duration = child<QComboBox>(dialog, names::createDuration);
        duration.setCurrentIndex(duration.findData(u"forever"_s));
        QTest::mouseClick(&save, Qt::LeftButton);
        QVERIFY(asked->duration->isForever());
    }

    void enableLeavesOutThoseThatAre()
    {
        auto list = samples::tokens();
        EnableDialog dialog(m_theme, {.tokens = list, .applications = samples::applications(), .account = u"Production"_s, .enable = true, .now = samples::now});
        dialog.show();
        QCOMPARE(started(dialog), (std::vector{list[6].id}));   // the only disabled one
    }

    void renamePlansEachNameAndLeavesOutTheBad()
    {
        auto list = samples::tokens();
        RenameDialog dialog(m_theme, list, u"Production"_s);
        dialog.show();
        QVERIFY(!child<QPushButton>(dialog, names::batchStart).isEnabled());
        child<QLineEdit>(dialog, names::renameFind).setText(u"grafana"_s);
        child<QLineEdit>(dialog, names::renameReplace).setText(u"metrics"_s);
        QCOMPARE(dialog.newName(list[1].id), std::string("metrics-prod"));
        QCOMPARE(started(dialog), (std::vector{list[1].id}));
        dialog.showDone(list[1].id);
        child<QLineEdit>(dialog, names::renameFind).setText(QString());
        child<QLineEdit>(dialog, names::renameBefore).setText(QString(250, u'x'));
        for (const ServiceToken& token : list)
            QVERIFY(dialog.newName(token.id).size() > 250);
        QVERIFY(child<QTableWidget>(dialog, names::batchTable).item(1, 3)->text().contains(u"Renamed"_s));
    }

    void durationPlansTheEndOfEach()
    {
        auto list = samples::tokens();
        DurationDialog dialog(m_theme, list, u"Production"_s, samples::now);
        dialog.show();
        auto& choice = child<QComboBox>(dialog, names::createDuration);
        choice.setCurrentIndex(choice.findData(u"2160h"_s));
        QVERIFY(child<QTableWidget>(dialog, names::batchTable).item(7, 2)->text().contains(u"earlier"_s));   // it had no end
        QCOMPARE(started(dialog).size(), list.size());
        QCOMPARE(dialog.duration().text(), std::string("2160h"));
    }

    void aPastedSecretIsTakenWithoutWhatStandsAround_data()
    {
        QTest::addColumn<QString>("pasted");
        const QString secret = QString::fromLatin1(samples::secret);
        QTest::newRow("alone") << secret;
        QTest::newRow("blanks") << u"  %1 "_s.arg(secret);
        QTest::newRow("header") << u"CF-Access-Client-Secret: %1"_s.arg(secret);
        QTest::newRow("assignment") << u"CF_ACCESS_CLIENT_SECRET=\"%1\""_s.arg(secret);
    }

    void aPastedSecretIsTakenWithoutWhatStandsAround()
    {
        QFETCH(QString, pasted);
        KeepSecretDialog dialog(m_theme, samples::tokens()[1], false);
        dialog.show();
        child<QLineEdit>(dialog, names::keepSecret).setText(pasted);
        QCOMPARE(textOf(dialog.secret()), std::string(samples::secret));
        QVERIFY(!samples::isReadable(dialog, QString::fromLatin1(samples::secret)) || child<QLineEdit>(dialog, names::keepSecret).echoMode() == QLineEdit::Password);
        QVERIFY(!child<QPushButton>(dialog, names::keepSubmit).isEnabled());   // not before it is verified
        dialog.setVerdict(true, u"Its checksum is right."_s);
        QVERIFY(child<QPushButton>(dialog, names::keepSubmit).isEnabled());
    }

    void historyIsSearchedByAllWords()
    {
        std::vector<HistoryEntry> entries;
        for (const char* name : {"grafana-prod", "ci-deploy"})
            entries.push_back({.at = samples::now, .profileId = {}, .account = u"Production"_s, .kind = ChangeKind::rotated, .token = {}, .tokenName = QString::fromLatin1(name), .detail = {}});
        HistoryModel model(entries);
        QCOMPARE(model.rowCount(), 2);
        model.setSearch(u"ROTATED graf"_s);
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.index(0, HistoryModel::Token).data().toString(), u"grafana-prod"_s);
        model.setSearch(u"nothing"_s);
        QCOMPARE(model.rowCount(), 0);
    }

    void snippetsReferToTheSecret_data()
    {
        QTest::addColumn<int>("kind");
        for (const SnippetKind kind : snippetKinds)
            QTest::newRow(qPrintable(snippetTitle(kind))) << static_cast<int>(kind);
    }

    void snippetsReferToTheSecret()
    {
        QFETCH(int, kind);
        const auto chosen = static_cast<SnippetKind>(kind);
        const QString shown = snippetText(chosen, sampleId, u"https://app.example.com/a"_s);
        QVERIFY(shown.contains(u"CF_ACCESS_CLIENT_SECRET"_s));
        QVERIFY(shown.contains(QString::fromStdString(sampleId.value)));
        QVERIFY(!shown.contains(u"cfast_"_s));
        QVERIFY(!shown.contains(u'@'));   // every place is filled
        const std::string whole = textOf(snippetWithSecret(chosen, sampleId, u"https://app.example.com/a"_s, SecretBytes(samples::secret)));
        QVERIFY(whole.find(samples::secret) != std::string::npos);
        QVERIFY(whole.find(sampleId.value) != std::string::npos);
        QVERIFY(whole.find('@') == std::string::npos);
        if (chosen != SnippetKind::headers)
            return;
        QCOMPARE(whole, "CF-Access-Client-Id: " + sampleId.value + "\nCF-Access-Client-Secret: " + samples::secret + "\n");
    }

    void snippetsCannotBeBrokenOutOf()
    {
        const QString evil = u"https://x/'\"; rm -rf ~ #${HOME}"_s;
        QVERIFY(snippetText(SnippetKind::curl, sampleId, evil).startsWith(u"curl 'https://x/'\\''\"; rm -rf ~ #${HOME}' "_s));
        QVERIFY(snippetText(SnippetKind::fetch, sampleId, evil).contains(u"fetch(\"https://x/'\\\"; rm"_s));
        QVERIFY(snippetText(SnippetKind::terraform, sampleId, evil).contains(u"#$${HOME}\""_s));
        QVERIFY(snippetText(SnippetKind::compose, sampleId, evil).contains(u"#$${HOME}\""_s));
        QVERIFY(snippetText(SnippetKind::compose, sampleId, evil).contains(u"\"${CF_ACCESS_CLIENT_SECRET:?}\""_s));
    }

    void theSecretIsIncludedOnlyWhenAskedForAndNeverShown()
    {
        SnippetPanel panel(m_theme);
        panel.setToken(sampleId, sampleId, u"https://x/"_s, false);
        panel.show();
        auto& include = child<QCheckBox>(panel, names::snippetInclude);
        QVERIFY(!include.isVisible());
        panel.setToken(sampleId, sampleId, u"https://x/"_s, true);
        QVERIFY(include.isVisible());
        QSignalSpy text(&panel, &SnippetPanel::copyTextRequested);
        QSignalSpy withSecret(&panel, &SnippetPanel::copyWithSecretRequested);
        QTest::mouseClick(&child<QPushButton>(panel, names::copySnippet), Qt::LeftButton);
        QCOMPARE(text.count(), 1);
        include.setChecked(true);
        QTest::mouseClick(&child<QPushButton>(panel, names::copySnippet), Qt::LeftButton);
        QCOMPARE(withSecret.count(), 1);
        QCOMPARE(text.count(), 1);
        panel.setToken(access::ClientId{"other.access"}, sampleId, u"https://x/"_s, true);
        QVERIFY(!include.isChecked());
    }

private:
    static std::vector<TokenId> started(BatchDialog& dialog)
    {
        std::vector<TokenId> ids;
        const auto connection = connect(&dialog, &BatchDialog::startRequested, &dialog, [&](const std::vector<TokenId>& asked) { ids = asked; });
        QTest::mouseClick(&child<QPushButton>(dialog, names::batchStart), Qt::LeftButton);
        disconnect(connection);
        return ids;
    }

    Theme m_theme;
    EnglishPlurals m_plurals;
};

LATCHKEY_WIDGET_TEST(TestOperations)

} // namespace tst_ui_operations

#include "tst_ui_operations.moc"
