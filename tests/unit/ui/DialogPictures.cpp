// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Gallery.h"

#include "Samples.h"
#include "ui/CreateTokenDialog.h"
#include "ui/DeleteDialog.h"
#include "ui/ObjectNames.h"
#include "ui/ProfileDialog.h"
#include "ui/RefreshDialog.h"
#include "ui/RefreshRulesPanel.h"
#include "ui/WatchDialog.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>

namespace latchkey::ui {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<CreateTokenDialog> created(const Theme& theme, KeepState keep, const QString& reason = {})
{
    auto result = std::make_unique<CreateTokenDialog>(theme, samples::now);
    access::ServiceToken token = samples::tokens()[1];
    token.expiresAt = samples::now + 8760h;
    result->showCreated(token, SecretBytes(samples::secret), keep);
    result->setKeepState(keep, reason);
    return result;
}

void chooseCustom(CreateTokenDialog& dialog, const QString& text)
{
    auto* choice = dialog.findChild<QComboBox*>(QString(names::createDuration));
    choice->setCurrentIndex(choice->count() - 1);
    dialog.findChild<QLineEdit*>(QString(names::createCustom))->setText(text);
}

std::unique_ptr<WatchDialog> watch(const Theme& theme, const WatchOptions& options, bool withRules)
{
    auto result = std::make_unique<WatchDialog>(theme, options);
    auto* rules = new RefreshRulesPanel(theme);
    if (withRules) {
        rules->setAccounts({{"prod", u"Production"_s}});
        rules->setRules({{.id = u"1"_s, .on = true, .query = u"name:ci*"_s, .profileId = {}, .daysBefore = 14},
                         {.id = u"2"_s, .on = false, .query = u"grafana"_s, .profileId = "prod", .daysBefore = 30}});
        rules->setLog({{u"23 Nov 2026, 12:04"_s, u"ci-deploy"_s, u"Refreshed; ends on 23 Nov 2027, 12:04"_s, false},
                       {u"23 Nov 2026, 06:01"_s, u"ci-nightly (Production)"_s, u"Failed: the API token may not write service tokens."_s, true}});
    }
    result->addSection(rules);
    return result;
}

const QString cloudflareApi = u"https://api.cloudflare.com/client/v4"_s;

std::unique_ptr<ProfileDialog> newProfile(const Theme& theme)
{
    return std::make_unique<ProfileDialog>(theme, ProfileDialog::Facts{.existing = {}, .usualApiBase = cloudflareApi, .tokenInEnvironment = true, .beginWithEnvironment = false, .accountInEnvironment = {}});
}

std::unique_ptr<ProfileDialog> editedProfile(const Theme& theme, const ProfileDraft& draft)
{
    return std::make_unique<ProfileDialog>(theme, ProfileDialog::Facts{.existing = draft, .usualApiBase = cloudflareApi, .tokenInEnvironment = false, .beginWithEnvironment = false, .accountInEnvironment = {}});
}

/// Half the rights, and one of two accounts chosen.
std::unique_ptr<ProfileDialog> triedProfile(const Theme& theme)
{
    auto dialog = newProfile(theme);
    dialog->findChild<QLineEdit*>(QString(names::profileEditName))->setText(u"Production"_s);
    dialog->findChild<QLineEdit*>(QString(names::profileToken))->setText(u"0123456789012345678901234567890123456789"_s);
    using Kind = ProfileFinding::Kind;
    dialog->showReport({.works = true,
                        .findings = {{Kind::good, u"The API token works."_s},
                                     {Kind::good, u"It may read service tokens."_s},
                                     {Kind::bad, u"It may not create, change, rotate or delete service tokens. That needs “Access: Service Tokens” (Edit)."_s},
                                     {Kind::unknown, u"Whether it may read applications could not be found out."_s}},
                        .accounts = {{u"0123456789abcdef0123456789abcdef"_s, u"Example Corp"_s}, {u"ffffffffffffffffffffffffffffffff"_s, u"Example Labs"_s}},
                        .accountId = u"0123456789abcdef0123456789abcdef"_s});
    return dialog;
}

std::vector<access::ServiceToken> some()
{
    auto list = samples::tokens();
    list[4].expiresAt = samples::now + 9600h;
    return list;
}

} // namespace

std::vector<Picture> dialogPictures()
{
    return {
        {u"create"_s, [](const Theme& theme) { return std::make_unique<CreateTokenDialog>(theme, samples::now); }},
        {u"profile-new"_s, newProfile},
        {u"profile-tried"_s, triedProfile},
        {u"profile-edit"_s,
         [](const Theme& theme) {
             auto result = editedProfile(theme, {.name = u"Gateway"_s,
                                                 .colour = ProfileColour::violet,
                                                 .production = true,
                                                 .accountId = u"0123456789abcdef0123456789abcdef"_s,
                                                 .accountName = u"Example Corp"_s,
                                                 .zoneId = {},
                                                 .apiBase = u"https://gateway.example/client/v4"_s,
                                                 .caFile = u"/etc/ssl/company.pem"_s});
             result->showError(u"No secure connection to gateway.example:443 could be made: its certificate is not trusted here."_s);
             return result;
         }},
        {u"create-custom-wrong"_s,
         [](const Theme& theme) {
             auto result = std::make_unique<CreateTokenDialog>(theme, samples::now);
             result->findChild<QLineEdit*>(QString(names::createName))->setText(QString(260, u'n'));
             chooseCustom(*result, u"12x"_s);
             result->setKeychainUnusable(u"The keychain is locked."_s);
             return result;
         }},
        {u"create-busy"_s,
         [](const Theme& theme) {
             auto result = std::make_unique<CreateTokenDialog>(theme, samples::now);
             result->findChild<QLineEdit*>(QString(names::createName))->setText(u"grafana-prod"_s);
             result->findChild<QPushButton*>(QString(names::createSubmit))->click();
             return result;
         }},
        {u"create-error"_s,
         [](const Theme& theme) {
             auto result = std::make_unique<CreateTokenDialog>(theme, samples::now);
             result->findChild<QLineEdit*>(QString(names::createName))->setText(u"grafana-prod"_s);
             chooseCustom(*result, u"2h45m"_s);
             result->showError({ErrorCode::network, "The agent does not answer. Nothing was created; try again.", {}});
             return result;
         }},
        {u"secret"_s,
         [](const Theme& theme) {
             auto result = created(theme, KeepState::kept);
             result->showCopied(CopyKind::clientSecret);
             result->setClipboardCountdown(52s);
             return result;
         }},
        {u"secret-keeping"_s, [](const Theme& theme) { return created(theme, KeepState::keeping); }},
        {u"secret-not-kept"_s, [](const Theme& theme) { return created(theme, KeepState::notAsked); }},
        {u"secret-keep-failed"_s,
         [](const Theme& theme) {
             auto result = created(theme, KeepState::failed, u"The keychain is locked."_s);
             result->findChild<QPushButton*>(QString(names::secretReveal))->click();
             return result;
         }},
        {u"secret-closing"_s,
         [](const Theme& theme) {
             auto result = created(theme, KeepState::notAsked);
             result->reject();
             return result;
         }},
        {u"watch"_s, [](const Theme& theme) { return watch(theme, {}, false); }},
        {u"watch-rules"_s, [](const Theme& theme) { return watch(theme, {.startAtLogin = true, .startAtLoginProblem = {}}, true); }},
        {u"watch-no-tray"_s,
         [](const Theme& theme) {
             return watch(theme, {.hasTray = false, .startAtLoginProblem = u"The file /home/ada/.config/autostart/org.latchkey.Latchkey.desktop cannot be written."_s}, false);
         }},
        {u"rule"_s,
         [](const Theme& theme) {
             auto result = std::make_unique<RefreshRuleDialog>(theme, RefreshRule{.id = u"1"_s, .on = false, .query = u"name:ci*"_s, .profileId = {}, .daysBefore = 14},
                                                               RefreshRuleDialog::Accounts{{"prod", u"Production"_s}});
             result->setDryRun({u"ci-deploy · ends in 3 days · 26 Nov 2026, 14:00"_s, u"ci-nightly (Production) · ends in 9 days · 2 Dec 2026, 14:00"_s}, 12);
             return result;
         }},
        {u"rule-wrong"_s,
         [](const Theme& theme) {
             return std::make_unique<RefreshRuleDialog>(theme, RefreshRule{.id = u"1"_s, .on = false, .query = u"ci state:sometimes"_s, .profileId = {}, .daysBefore = 14},
                                                        RefreshRuleDialog::Accounts{});
         }},
        {u"refresh"_s, [](const Theme& theme) { return std::make_unique<RefreshDialog>(theme, std::vector{samples::tokens()[1]}, samples::now); }},
        {u"refresh-loss"_s, [](const Theme& theme) { return std::make_unique<RefreshDialog>(theme, std::vector{some()[4]}, samples::now); }},
        {u"refresh-forever"_s, [](const Theme& theme) { return std::make_unique<RefreshDialog>(theme, std::vector{some()[7]}, samples::now); }},
        {u"refresh-done"_s,
         [](const Theme& theme) {
             auto token = samples::tokens()[1];
             auto result = std::make_unique<RefreshDialog>(theme, std::vector{token}, samples::now);
             result->findChild<QPushButton*>(QString(names::batchStart))->click();
             token.expiresAt = samples::now + 8760h;
             result->showRefreshed(token);
             return result;
         }},
        {u"refresh-many"_s, [](const Theme& theme) { return std::make_unique<RefreshDialog>(theme, some(), samples::now); }},
        {u"delete"_s, [](const Theme& theme) { return std::make_unique<DeleteDialog>(theme, DeleteDialog::Facts{.tokens = std::vector{samples::tokens()[1]}, .applications = samples::applications(), .account = u"Local agent"_s, .production = false, .now = samples::now}); }},
        {u"delete-unused"_s, [](const Theme& theme) { return std::make_unique<DeleteDialog>(theme, DeleteDialog::Facts{.tokens = std::vector{samples::tokens()[3]}, .applications = samples::applications(), .account = u"Local agent"_s, .production = false, .now = samples::now}); }},
        {u"delete-many"_s, [](const Theme& theme) { return std::make_unique<DeleteDialog>(theme, DeleteDialog::Facts{.tokens = some(), .applications = samples::applications(), .account = u"Production (Example Corp)"_s, .production = true, .now = samples::now}); }},
        {u"delete-running"_s,
         [](const Theme& theme) {
             auto list = some();
             auto result = std::make_unique<DeleteDialog>(theme, DeleteDialog::Facts{.tokens = list, .applications = samples::applications(), .account = u"Local agent"_s, .production = false, .now = samples::now});
             result->findChild<QLineEdit*>(QString(names::deleteTyped))->setText(QString::number(list.size()));
             result->findChild<QPushButton*>(QString(names::batchStart))->click();
             result->showDone(list[0].id);
             result->showFailed(list[1].id, {ErrorCode::network, "The agent does not answer.", {}});
             return result;
         }},
        {u"delete-partly-failed"_s,
         [](const Theme& theme) {
             auto list = some();
             auto result = std::make_unique<DeleteDialog>(theme, DeleteDialog::Facts{.tokens = list, .applications = samples::applications(), .account = u"Local agent"_s, .production = false, .now = samples::now});
             result->findChild<QLineEdit*>(QString(names::deleteTyped))->setText(QString::number(list.size()));
             result->findChild<QPushButton*>(QString(names::batchStart))->click();
             for (std::size_t i = 0; i < list.size(); ++i) {
                 if (i % 3 == 1)
                     result->showFailed(list[i].id, {ErrorCode::network, "The agent does not answer.", {}});
                 else
                     result->showDone(list[i].id);
             }
             return result;
         }},
    };
}

} // namespace latchkey::ui
