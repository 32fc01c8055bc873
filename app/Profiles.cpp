// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Profiles.h"

#include "ClientSource.h"
#include "CreateController.h"
#include "GuidedController.h"
#include "ExportController.h"
#include "LocalController.h"
#include "RotateController.h"
#include "TokenActions.h"
#include "TokenListController.h"

#include "ui/TokenModel.h"

#include <QApplication>
#include <QPointer>

namespace latchkey::app {

namespace {

constexpr std::chrono::minutes watchInterval{5};

} // namespace

/// What lives as long as one connection to one profile; the controllers go before what they use.
struct Profiles::Connection {
    SecretKeeper secrets;
    Session session;
    TokenListController list;
    CreateController create;
    RotateController rotate;
    TokenActions actions;
    GuidedController guided;
    LocalController localThings;
    ExportController exports;

    Connection(const Parts& parts, client::ManagementClient& client, const std::string& profileId, const QString& edge)
        : secrets(parts.supervisor.vault(), parts.preferences, profileId)
        , session{.client = client,
                  .secrets = secrets,
                  .keychainUsable = !parts.supervisor.isMemorySession(),
                  .edgeUrl = edge,
                  .account = parts.window.profileName(),
                  .production = parts.window.profile().production,
                  .isAgent = parts.window.profile().kind == ui::ProfileView::Kind::agent,
                  .window = parts.window,
                  .theme = parts.theme,
                  .clipboard = parts.clipboard,
                  .clock = parts.clock,
                  .changes = 0,
                  .local = &parts.local}
        , list(session)
        , create(session)
        , rotate(session)
        , actions(session, rotate)
        , guided(session)
        , localThings(session)
        , exports(session)
    {
    }
};

Profiles::Profiles(Parts parts, QObject* parent)
    : QObject(parent)
    , m_parts(std::move(parts))
    , m_accounts(m_parts.settingsFile, Vaults{.asking = [this]() -> vault::Vault& { return m_parts.supervisor.vault(); },
                                              .quiet = [this]() -> vault::Vault& { return m_parts.supervisor.quietVault(); }})
    , m_dialogs(m_accounts, m_parts.preferences, m_parts.local, m_parts.window, m_parts.theme)
{
    connectWindow();
    AgentSupervisor& supervisor = m_parts.supervisor;
    connect(&supervisor, &AgentSupervisor::connected, this, &Profiles::agentConnected);
    connect(&supervisor, &AgentSupervisor::disconnected, this, &Profiles::agentDisconnected);
    connect(&supervisor, &AgentSupervisor::vaultChanging, this, [this] {
        m_connection.reset();   // it refers to the vault
        m_accounts.dropAll();
    });
    connect(&supervisor, &AgentSupervisor::vaultChanged, this, [this] { connectShown(false); });
    connect(&m_accounts, &Accounts::opened, this, &Profiles::accountOpened);
    connect(&m_accounts, &Accounts::closing, this, &Profiles::accountClosing);
    connect(&m_accounts, &Accounts::listChanged, this, &Profiles::listChanged);
    connect(&m_dialogs, &ProfileController::added, this, &Profiles::show);
    connect(&m_parts.watching, &Watching::profileRequested, this, [this](const std::string& id) {
        // A dialog on screen belongs to the profile that is shown; it is not taken from under the person.
        if (!QApplication::activeModalWidget())
            show(id == m_agentId ? std::string() : id);
    });
    // What is done here changes what is watched; waiting for its turn would tell of ends that are none any more.
    connect(&m_parts.window.tokenModel(), &ui::TokenModel::countsChanged, this, [this] {
        if (const std::string id = watchedId(); !id.empty())
            m_parts.watching.watcher().lookSoon(id);
    });
    tellWindow();
}

Profiles::~Profiles() = default;

void Profiles::connectWindow()
{
    const ui::MainWindow& window = m_parts.window;
    connect(&window, &ui::MainWindow::profileChosen, this, [this](const QString& id) { show(id.toStdString()); });
    connect(&window, &ui::MainWindow::addProfileRequested, &m_dialogs, [this] { m_dialogs.add(); });
    connect(&window, &ui::MainWindow::editProfileRequested, &m_dialogs, [this](const QString& id) { m_dialogs.edit(id.toStdString()); });
    connect(&window, &ui::MainWindow::removeProfileRequested, &m_dialogs, [this](const QString& id) { m_dialogs.askToRemove(id.toStdString()); });
    connect(&window, &ui::MainWindow::reloadRequested, this, [this] {
        if (m_connection || showsAgent())
            return;
        m_parts.window.setLoading();
        connectShown(true);
    });
    connect(&window, &ui::MainWindow::createRequested, this, [this] {
        if (!m_connection)
            m_parts.window.showNotice(tr("There is no connection to %1 yet.").arg(m_parts.window.profileName()));
    });
}

void Profiles::start()
{
    const std::string last = m_parts.preferences.shownProfile.get().toStdString();
    if (m_accounts.find(last)) {
        m_shown = last;
        tellWindow();
        m_parts.window.showKnown({}, {}, std::nullopt);
        connectShown(false);
    }
    m_accounts.openAllQuietly();
    m_dialogs.offerEnvironment();
}

void Profiles::tellWindow()
{
    std::vector<ui::ProfileView> views{{.id = {}, .kind = ui::ProfileView::Kind::agent, .name = tr("Local agent"), .account = {}}};
    for (const profiles::Profile& profile : m_accounts.profiles())
        views.push_back({.id = QString::fromStdString(profile.id),
                         .kind = ui::ProfileView::Kind::account,
                         .name = QString::fromStdString(profile.name),
                         .account = QString::fromStdString(profile.accountName.empty() ? profile.accountId : profile.accountName),
                         .colour = static_cast<ui::ProfileColour>(profile.colour),
                         .production = profile.production});
    m_parts.window.setProfiles(std::move(views), QString::fromStdString(m_shown));
}

void Profiles::show(const std::string& id)
{
    if (m_closed || id == m_shown || (!id.empty() && !m_accounts.find(id)))
        return;
    remember();
    m_connection.reset();
    m_shown = id;
    m_parts.preferences.shownProfile.set(QString::fromStdString(id));
    tellWindow();
    Known last = known(id);
    m_parts.window.showKnown(std::move(last.tokens), std::move(last.applications), last.loadedAt);
    setAgentProblem(m_agentProblem);
    connectShown(true);
}

/// What the window shows now, for the next time; half a list is not worth it.
void Profiles::remember()
{
    const auto loadedAt = m_parts.window.loadedAt();
    if (!loadedAt)
        return;
    const ui::TokenIndex& index = m_parts.window.tokenModel().index();
    Known last{.tokens = {}, .applications = m_parts.window.applications(), .loadedAt = loadedAt};
    last.tokens.reserve(index.size());
    for (std::size_t slot = 0; slot < index.slotCount(); ++slot) {
        if (const access::ServiceToken* token = index.tokenIn(slot))
            last.tokens.push_back(*token);
    }
    m_known[m_shown] = std::move(last);
}

Profiles::Known Profiles::known(const std::string& id) const
{
    if (const auto found = m_known.find(id); found != m_known.end())
        return found->second;
    // Never shown, but perhaps watched.
    for (const WatchedList& list : m_parts.watching.watcher().lists()) {
        if (list.profileId == (id.empty() ? m_agentId : id))
            return {.tokens = {list.tokens.begin(), list.tokens.end()}, .applications = {}, .loadedAt = std::nullopt};
    }
    return {};
}

void Profiles::setAgentProblem(const std::optional<ui::Problem>& problem)
{
    m_agentProblem = problem;
    if (problem && showsAgent())
        m_parts.window.setProblem(*problem);
    else
        m_parts.window.clearProblem();
}

void Profiles::connectShown(bool mayAsk)
{
    if (m_closed || m_connection)
        return;
    if (showsAgent()) {
        if (client::ManagementClient* client = m_parts.supervisor.client())
            makeConnection(*client, m_agentId, QString::fromStdString(m_parts.supervisor.agent()->edge));
        return;
    }
    if (client::ManagementClient* client = m_accounts.client(m_shown))
        return makeConnection(*client, m_shown, {});
    m_accounts.open(m_shown, mayAsk, [self = QPointer(this), id = m_shown](const Result<void>& opened) {
        if (!self || id != self->m_shown || self->m_connection || self->m_closed)
            return;
        if (opened)
            self->makeConnection(*self->m_accounts.client(id), id, {});
        else
            self->cannotOpen(id, opened.error());
    });
}

void Profiles::cannotOpen(const std::string& id, const Error& error)
{
    const profiles::Profile* profile = m_accounts.find(id);
    if (!profile)
        return;
    Error told = error;
    if (error.code == ErrorCode::vaultMissing && m_parts.supervisor.isMemorySession())
        told.message = tr("This session works without the keychain, where the API token is. Edit the profile to enter one for this session.").toStdString();
    m_parts.window.setLoadError(told);
    if (error.code == ErrorCode::vaultLocked)
        m_parts.window.setBanner(ui::BannerKind::keychainLocked);
    else if (error.code == ErrorCode::vaultMissing)
        m_parts.window.setBanner(ui::BannerKind::apiTokenRejected, QString::fromStdString(told.message));
}

void Profiles::makeConnection(client::ManagementClient& client, const std::string& profileId, const QString& edge)
{
    m_connection = std::make_unique<Connection>(m_parts, client, profileId, edge);
    Q_EMIT connected();
}

void Profiles::agentConnected()
{
    const std::string id = m_parts.supervisor.agent()->agentId;
    if (std::exchange(m_agentId, id) != id)
        m_known.erase(std::string());
    if (showsAgent())
        connectShown(false);
    m_parts.watching.watch(std::make_unique<ClientSource>(m_agentId, tr("Local agent"), *m_parts.supervisor.client(), watchInterval));
    if (!showsAgent() && !m_connection)
        connectShown(false);   // the keychain may have been opened for the agent
    m_accounts.openAllQuietly();
}

void Profiles::agentDisconnected()
{
    m_parts.watching.unwatch(m_agentId);
    if (showsAgent())
        m_connection.reset();
}

void Profiles::accountOpened(const std::string& id)
{
    if (m_closed)
        return;
    m_parts.watching.watch(std::make_unique<ClientSource>(id, QString::fromStdString(m_accounts.find(id)->name), *m_accounts.client(id), watchInterval));
    if (id == m_shown && !m_connection)
        makeConnection(*m_accounts.client(id), id, {});
}

/// Its client goes: removed, changed (perhaps to another account), or the session goes on without the keychain.
void Profiles::accountClosing(const std::string& id)
{
    m_parts.watching.unwatch(id);
    m_known.erase(id);
    if (id != m_shown || m_closed)
        return;
    m_connection.reset();
    m_parts.window.showKnown({}, {}, std::nullopt);
}

void Profiles::listChanged()
{
    if (!showsAgent() && !m_accounts.find(m_shown)) {
        m_known.erase(m_shown);
        m_connection.reset();
        m_parts.window.showKnown({}, {}, std::nullopt);   // nothing of it is remembered
        show({});
    }
    tellWindow();
    connectShown(false);
    m_accounts.openAllQuietly();
}

void Profiles::reload()
{
    if (m_connection)
        m_connection->list.reload();
    else
        connectShown(false);
}

void Profiles::keychainOpened()
{
    connectShown(false);
    m_accounts.openAllQuietly();
}

void Profiles::close()
{
    m_closed = true;
    m_connection.reset();
    m_parts.watching.unwatch(m_agentId);
    m_accounts.dropAll();
}

std::string Profiles::watchedId() const
{
    if (!m_connection)
        return {};
    return showsAgent() ? m_agentId : m_shown;
}

} // namespace latchkey::app
