// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// The dialogs that change tokens.
#include "Gallery.h"

#include "Samples.h"
#include "ui/CreateManyDialog.h"
#include "ui/CreateManyForm.h"
#include "ui/DurationDialog.h"
#include "ui/EditTokenDialog.h"
#include "ui/EnableDialog.h"
#include "ui/GuidedRotationDialog.h"
#include "ui/HistoryDialog.h"
#include "ui/KeepSecretDialog.h"
#include "ui/MoreTimeDialog.h"
#include "ui/NoteDialog.h"
#include "ui/OperationNames.h"
#include "ui/RenameDialog.h"
#include "ui/RotateDialog.h"
#include "ui/RotateManyDialog.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>

namespace latchkey::ui {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

access::ServiceToken rotatedToken()
{
    access::ServiceToken token = samples::tokens()[1];
    token.updatedAt = samples::now;
    token.previousClientSecretExpiresAt = samples::now + 23h + 59min;
    return token;
}

std::unique_ptr<RotateDialog> rotateDialog(const Theme& theme, bool kept)
{
    return std::make_unique<RotateDialog>(theme, RotateDialog::Facts{.token = kept ? rotatedToken() : samples::tokens()[1], .account = u"Production · Example Ltd"_s, .keptNow = kept, .now = samples::now});
}

std::vector<Consumer> someConsumers()
{
    return {{.kind = Consumer::Kind::command, .name = u"Grafana on web-1"_s, .command = u"ssh web-1 sudo install-secret grafana"_s},
            {.kind = Consumer::Kind::byHand, .name = u"Status page"_s, .command = {}}};
}

std::unique_ptr<GuidedRotationDialog> guidedDialog(const Theme& theme)
{
    return std::make_unique<GuidedRotationDialog>(
        theme, GuidedPlanForm::Facts{.tokenName = u"grafana-prod"_s, .account = u"Production · Example Ltd"_s, .consumers = someConsumers(), .verifyUrl = u"https://grafana.example.com/api/health"_s,
                                     .keychainUnusable = {}, .now = samples::now});
}

GuidedView guidedView(GuidedView::Step step)
{
    GuidedView view;
    view.step = step;
    for (const Consumer& consumer : someConsumers())
        view.lines.push_back({.consumer = consumer, .state = step > GuidedView::Step::deliver ? GuidedView::Line::State::done : GuidedView::Line::State::waiting, .message = {}});
    view.verifyUrl = u"https://grafana.example.com/api/health"_s;
    view.previousEnd = samples::now + 24h;
    return view;
}

} // namespace

std::vector<Picture> operationPictures()
{
    return {
        {u"rotate"_s, [](const Theme& theme) { return rotateDialog(theme, false); }},
        {u"rotate-earlier"_s,
         [](const Theme& theme) {
             auto result = rotateDialog(theme, true);
             auto* choice = result->findChild<QComboBox*>(QString(names::graceChoice));
             choice->setCurrentIndex(choice->count() - 1);
             return result;
         }},
        {u"rotate-error"_s,
         [](const Theme& theme) {
             auto result = rotateDialog(theme, false);
             auto* choice = result->findChild<QComboBox*>(QString(names::graceChoice));
             choice->setCurrentIndex(0);
             result->setKeychainUnusable(u"The keychain is locked."_s);
             result->showError({ErrorCode::network, "The agent does not answer. Whether the secret was changed is not known: reload the list.", {}});
             return result;
         }},
        {u"rotate-secret"_s,
         [](const Theme& theme) {
             auto result = rotateDialog(theme, false);
             result->showIssued(rotatedToken(), SecretBytes(samples::secret), KeepState::kept);
             return result;
         }},
        {u"rotate-more-time"_s, [](const Theme& theme) { return std::make_unique<MoreTimeDialog>(theme, rotatedToken(), samples::now); }},
        {u"rotate-many"_s,
         [](const Theme& theme) {
             auto list = samples::tokens();
             list[1] = rotatedToken();
             return std::make_unique<RotateManyDialog>(theme, RotateManyDialog::Facts{.tokens = list, .account = u"Production · Example Ltd"_s, .keychainUnusable = {}, .now = samples::now});
         }},
        {u"disable"_s,
         [](const Theme& theme) {
             const auto applications = samples::applications();
             return std::make_unique<EnableDialog>(theme, EnableDialog::Facts{.tokens = {samples::tokens()[1]}, .applications = applications, .account = u"Production"_s, .enable = false, .now = samples::now});
         }},
        {u"disable-many"_s,
         [](const Theme& theme) {
             const auto applications = samples::applications();
             return std::make_unique<EnableDialog>(theme, EnableDialog::Facts{.tokens = samples::tokens(), .applications = applications, .account = u"Production"_s, .enable = false, .now = samples::now});
         }},
        {u"duration-many"_s, [](const Theme& theme) { return std::make_unique<DurationDialog>(theme, samples::tokens(), u"Production"_s, samples::now); }},
        {u"rename-many"_s,
         [](const Theme& theme) {
             auto result = std::make_unique<RenameDialog>(theme, samples::tokens(), u"Production"_s);
             result->findChild<QLineEdit*>(QString(names::renameBefore))->setText(u"prod/"_s);
             return result;
         }},
        {u"create-many"_s,
         [](const Theme& theme) {
             auto result = std::make_unique<CreateManyForm>(theme, u"Production"_s, QString(), samples::now);
             result->findChild<QPlainTextEdit*>(QString(names::createManyNames))->setPlainText(u"ci-deploy\nci-nightly\nbackup\n"_s);
             return result;
         }},
        {u"create-many-no-keychain"_s, [](const Theme& theme) { return std::make_unique<CreateManyForm>(theme, u"Production"_s, u"This session works without the keychain."_s, samples::now); }},
        {u"create-many-plan"_s,
         [](const Theme& theme) {
             return std::make_unique<CreateManyDialog>(theme, std::vector<std::string>{"ci-deploy", "ci-nightly", "backup"}, access::Duration::oneYear(), u"Production"_s,
                                                       std::unordered_set<std::string>{"ci-deploy"}, samples::now);
         }},
        {u"edit"_s, [](const Theme& theme) { return std::make_unique<EditTokenDialog>(theme, samples::tokens()[1], u"Production"_s, samples::now, EditTokenDialog::Begin::atName); }},
        {u"guided-plan"_s, [](const Theme& theme) { return guidedDialog(theme); }},
        {u"guided-deliver"_s,
         [](const Theme& theme) {
             auto result = guidedDialog(theme);
             GuidedView view = guidedView(GuidedView::Step::deliver);
             view.lines[0].state = GuidedView::Line::State::failed;
             view.lines[0].message = u"The command failed with exit code 255. Run it in a terminal to see what it says."_s;
             result->setView(view);
             return result;
         }},
        {u"guided-verify"_s,
         [](const Theme& theme) {
             auto result = guidedDialog(theme);
             GuidedView view = guidedView(GuidedView::Step::verify);
             view.verified = GuidedView::Verified::failed;
             view.verifyText = u"401 Unauthorized · wrong_secret"_s;
             result->setView(view);
             return result;
         }},
        {u"guided-end"_s,
         [](const Theme& theme) {
             auto result = guidedDialog(theme);
             GuidedView view = guidedView(GuidedView::Step::endPrevious);
             view.verified = GuidedView::Verified::passed;
             view.verifyText = u"200 OK"_s;
             result->setView(view);
             return result;
         }},
        {u"guided-lost"_s,
         [](const Theme& theme) {
             auto result = guidedDialog(theme);
             GuidedView view = guidedView(GuidedView::Step::rotate);
             view.secretLost = true;
             result->setView(view);
             return result;
         }},
        {u"guided-done"_s,
         [](const Theme& theme) {
             auto result = guidedDialog(theme);
             GuidedView view = guidedView(GuidedView::Step::done);
             view.verified = GuidedView::Verified::passed;
             view.verifyText = u"200 OK"_s;
             view.previousEnded = true;
             result->setView(view);
             return result;
         }},
        {u"keep-secret"_s,
         [](const Theme& theme) {
             auto result = std::make_unique<KeepSecretDialog>(theme, samples::tokens()[1], true);
             result->findChild<QLineEdit*>(QString(names::keepSecret))->setText(QString::fromLatin1(samples::secret));
             result->setVerdict(true, u"Its checksum is right."_s);
             return result;
         }},
        {u"note"_s, [](const Theme& theme) { return std::make_unique<NoteDialog>(theme, u"grafana-prod"_s, TokenNote{.owner = u"Observability"_s, .note = u"Used by web-1 and web-2.\nRotated every quarter."_s}); }},
        {u"history"_s,
         [](const Theme& theme) {
             std::vector<HistoryEntry> entries;
             const auto list = samples::tokens();
             for (std::size_t i = 0; i < list.size(); ++i)
                 entries.push_back({.at = samples::now - i * 7h, .profileId = {}, .account = u"Production · Example Ltd"_s, .kind = static_cast<ChangeKind>(i), .token = list[i].id,
                                    .tokenName = QString::fromStdString(list[i].name), .detail = i == 2 ? u"previous secret until 24 Nov 2026, 12:04"_s : QString()});
             return std::make_unique<HistoryDialog>(theme, entries, QString());
         }},
    };
}

} // namespace latchkey::ui
