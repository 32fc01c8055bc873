// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Gallery.h"

#include "Samples.h"
#include "ui/CommandPalette.h"
#include "ui/ObjectNames.h"

#include <QAction>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>

namespace latchkey::ui {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

std::unique_ptr<MainWindow> window(const Theme& theme)
{
    auto result = std::make_unique<MainWindow>(theme, samples::now);
    result->setAgentStatus({AgentStatus::Phase::running, u"127.0.0.1:8400"_s, {}});
    return result;
}

std::unique_ptr<MainWindow> full(const Theme& theme, int more = 120)
{
    auto result = window(theme);
    result->setTokens(samples::tokens(more), samples::now);
    result->setApplications(samples::applications());
    result->setKeptSecrets({samples::tokens()[1].id});
    result->selectToken(samples::tokens()[1].id);
    result->setLastRequests(samples::tokens()[1].id, samples::requests());
    return result;
}

std::vector<ProfileView> someProfiles()
{
    using Kind = ProfileView::Kind;
    return {{.id = {}, .kind = Kind::agent, .name = u"Local agent"_s, .account = {}},
            {.id = u"prod"_s, .kind = Kind::account, .name = u"Production"_s, .account = u"Example Corp"_s, .colour = ProfileColour::none, .production = true},
            {.id = u"lab"_s, .kind = Kind::account, .name = u"Lab"_s, .account = u"Example Labs"_s, .colour = ProfileColour::green},
            {.id = u"all"_s, .kind = Kind::all, .name = u"All profiles"_s, .account = {}}};
}

Picture problem(const char* name, Problem value, AgentStatus::Phase phase = AgentStatus::Phase::failed)
{
    return {QString::fromLatin1(name), [value, phase](const Theme& theme) {
                auto result = window(theme);
                result->setAgentStatus({phase, {}, value.restartIn});
                result->setProblem(value);
                return result;
            }};
}

} // namespace

std::vector<Picture> windowPictures()
{
    using Kind = Problem::Kind;
    std::vector<Picture> pictures{
        {u"main"_s, [](const Theme& theme) { return full(theme); }},
        {u"main-few"_s, [](const Theme& theme) { return full(theme, 0); }},
        {u"main-narrow"_s,
         [](const Theme& theme) {
             auto result = full(theme);
             result->resize(900, 600);
             return result;
         }},
        {u"main-none-selected"_s,
         [](const Theme& theme) {
             auto result = full(theme);
             result->findChild<QTableView*>(QString(names::tokenTable))->clearSelection();
             return result;
         }},
        {u"main-many-selected"_s,
         [](const Theme& theme) {
             auto result = full(theme);
             auto* table = result->findChild<QTableView*>(QString(names::tokenTable));
             table->selectionModel()->select(QItemSelection(table->model()->index(0, 0), table->model()->index(6, 0)),
                                             QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
             return result;
         }},
        {u"main-unused-details"_s,
         [](const Theme& theme) {
             auto result = full(theme, 0);
             result->selectToken(samples::tokens()[7].id);
             return result;
         }},
        {u"main-filtered"_s,
         [](const Theme& theme) {
             auto result = full(theme);
             result->findChild<QPushButton*>(names::filterChip(TokenFilter::expiringSoon))->click();
             result->findChild<QLineEdit*>(QString(names::searchField))->setText(u"a"_s);
             return result;
         }},
        {u"main-no-match"_s,
         [](const Theme& theme) {
             auto result = full(theme);
             result->findChild<QLineEdit*>(QString(names::searchField))->setText(u"nothing like it"_s);
             return result;
         }},
        {u"main-old"_s,
         [](const Theme& theme) {
             auto result = full(theme);
             result->setLoadError({ErrorCode::network, "The agent does not answer. Is it still running?", {}});
             return result;
         }},
        {u"main-banners"_s,
         [](const Theme& theme) {
             auto result = full(theme);
             result->setBanner(BannerKind::memorySession);
             result->setBanner(BannerKind::keychainLocked);
             result->setBanner(BannerKind::otherVersion);
             result->setAgentStatus({AgentStatus::Phase::restarting, {}, 4s});
             result->setProblem({Kind::agentDied, {}, {}, 4s});
             result->setClipboardCountdown(52s);
             return result;
         }},
        {u"main-production"_s,
         [](const Theme& theme) {
             auto result = full(theme);
             result->setProfiles(someProfiles(), u"prod"_s);
             return result;
         }},
        {u"main-half-permitted"_s,
         [](const Theme& theme) {
             auto result = full(theme);
             result->setProfiles(someProfiles(), u"lab"_s);
             result->setBanner(BannerKind::applicationsForbidden, u"That needs “Access: Apps and Policies” (Read)."_s);
             result->setPause(83s);
             return result;
         }},
        {u"main-rejected"_s,
         [](const Theme& theme) {
             auto result = full(theme);
             result->setProfiles(someProfiles(), u"prod"_s);
             result->setBanner(BannerKind::apiTokenRejected, u"It may have been revoked, or have expired."_s);
             result->setLoadError({ErrorCode::unauthenticated, "The API token was not accepted. Check that it is right, still valid, and has the right to do this.", {}});
             return result;
         }},
        {u"main-all-profiles"_s,
         [](const Theme& theme) {
             auto result = window(theme);
             result->setProfiles(someProfiles(), u"all"_s);
             result->setTokens(samples::tokens(40), samples::now);
             result->setApplications(samples::applications());
             std::unordered_map<access::TokenId, QString> accounts;
             int place = 0;
             for (const access::ServiceToken& token : samples::tokens(40))
                 accounts.emplace(token.id, ++place % 3 == 0 ? u"Lab"_s : place % 3 == 1 ? u"Production"_s : u"Local agent"_s);
             result->setTokenAccounts(accounts);
             result->selectToken(samples::tokens()[1].id);
             return result;
         }},
        {u"empty"_s,
         [](const Theme& theme) {
             auto result = window(theme);
             result->setTokens({}, samples::now);
             return result;
         }},
        {u"loading"_s,
         [](const Theme& theme) {
             auto result = window(theme);
             result->setLoading();
             return result;
         }},
        {u"error"_s,
         [](const Theme& theme) {
             auto result = window(theme);
             result->setLoadError({ErrorCode::network, "The agent does not answer. Is it still running?", {}});
             return result;
         }},
        {u"main-palette"_s,
         [](const Theme& theme) {
             auto result = full(theme);
             result->findChild<QAction*>(u"actionPaletteOpen"_s)->trigger();
             return result;
         }},
        {u"main-palette-typed"_s,
         [](const Theme& theme) {
             auto result = full(theme);
             result->findChild<QAction*>(u"actionPaletteOpen"_s)->trigger();
             auto* input = result->findChild<QLineEdit*>(QString(names::actionPaletteInput));
             input->setText(u"re"_s);
             return result;
         }},
    };
    pictures.push_back(problem("problem-starting", {}, AgentStatus::Phase::starting));
    pictures.push_back(problem("problem-waiting", {Kind::waitingForKeychain, {}, {}, {}}, AgentStatus::Phase::waitingForKeychain));
    pictures.push_back(problem("problem-locked", {Kind::keychainLocked, {}, {}, {}}));
    pictures.push_back(problem("problem-absent", {Kind::keychainAbsent, {}, {}, {}}));
    pictures.push_back(problem("problem-refused", {Kind::keychainRefused, {}, u"The keychain denied writing the entry."_s, {}}));
    pictures.push_back(problem("problem-signing-key", {Kind::signingKeyMissing, {}, {}, {}}));
    pictures.push_back(problem("problem-api-token", {Kind::apiTokenMissing, {}, {}, {}}));
    pictures.push_back(problem("problem-port", {Kind::portTaken, u"127.0.0.1:8400"_s, {}, {}}));
    pictures.push_back(problem("problem-in-use", {Kind::dataDirectoryInUse, u"/home/ada/.local/share/latchkey/agent"_s, {}, {}}));
    pictures.push_back(problem("problem-damaged", {Kind::databaseDamaged, u"/home/ada/.local/share/latchkey/agent/agent.db"_s, u"database disk image is malformed"_s, {}}));
    pictures.push_back(problem("problem-died", {Kind::agentDied, {}, u"It was killed by signal 9."_s, 7s}, AgentStatus::Phase::restarting));
    pictures.push_back(problem("problem-not-found", {Kind::agentNotFound, u"/usr/lib/latchkey/latchkey-agent"_s, {}, {}}));
    pictures.push_back(problem("problem-failed", {Kind::agentFailed, {}, u"The data directory cannot be written."_s, {}}));
    return pictures;
}

} // namespace latchkey::ui
