// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Profiles.h"

#include "ClientSource.h"
#include "ExportController.h"
#include "TokenListController.h"

#include "ui/TokenModel.h"

#include <QApplication>
#include <QPointer>

namespace latchkey::app {

namespace {

constexpr std::chrono::minutes watchInterval{5};

/// What snippets ask where the edge is Cloudflare's and the application's host is not known; the details' snippets ask it too.
const QString exampleUrl = QStringLiteral("https://app.example.com/");

} // namespace

/// What lives as long as one connection to one profile that is shown alone.
struct Profiles::Connection {
    ProfileHands hands;
    TokenListController list;
    ExportController exports;

    Connection(const Parts& parts, const ConnectedProfile& profile)
        : hands(parts, profile, nullptr)
        , list(hands.session)
        , exports(hands.session)
    {
        hands.intents.follow(parts.window);
    }
};

Profiles::Profiles(const Parts& parts, Watching& watching, const QString& settingsFile, QObject* parent)
    : QObject(parent)
    , m_parts(parts)
    , m_watching(watching)
    , m_accounts(settingsFile, Vaults{.asking = [this]() -> vault::Vault& { return m_parts.supervisor.vault(); },
                                              .quiet = [this]() -> vault::Vault& { return m_parts.supervisor.quietVault(); }})
    , m_dialogs(m_accounts, m_parts.preferences, m_parts.local, m_parts.window, m_parts.theme)
{
    connectWindow();
    AgentSupervisor& supervisor = m_parts.supervisor;
    connect(&supervisor, &AgentSupervisor::connected, this, &Profiles::agentConnected);
    connect(&supervisor, &AgentSupervisor::disconnected, this, &Profiles::agentDisconnected);
    connect(&supervisor, &AgentSupervisor::vaultChanging, this, [this] {
        disconnectShown();   // it refers to the vault
        m_accounts.dropAll();
    });
    connect(&supervisor, &AgentSupervisor::vaultChanged, this, [this] { connectShown(false); });
    connect(&m_accounts, &Accounts::opened, this, &Profiles::accountOpened);
    connect(&m_accounts, &Accounts::openFailed, this, [this](const std::string& id, const Error& error) { m_cannotOpen[id] = error; });
    connect(&m_accounts, &Accounts::closing, this, &Profiles::accountClosing);
    connect(&m_accounts, &Accounts::listChanged, this, &Profiles::listChanged);
    connect(&m_dialogs, &ProfileController::added, this, &Profiles::show);
    connect(&m_watching, &Watching::profileRequested, this, [this](const std::string& id) {
        // A dialog on screen belongs to the profile that is shown; it is not taken from under the person.
        if (!QApplication::activeModalWidget())
            show(id == m_agentId ? std::string() : id);
    });
    // What is done here changes what is watched; waiting for its turn would tell of ends that are none any more.
    connect(&m_parts.window.tokenModel(), &ui::TokenModel::countsChanged, this, [this] {
        if (const std::string id = watchedId(); !id.empty())
            m_watching.watcher().lookSoon(id);
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
        if (isConnected() || showsAgent())
            return;
        m_parts.window.setLoading();
        connectShown(true);
    });
    connect(&window, &ui::MainWindow::createRequested, this, [this] {
        if (!isConnected())
            m_parts.window.showNotice(tr("There is no connection to %1 yet.").arg(m_parts.window.profileName()));
    });
}

void Profiles::start()
{
    const std::string last = m_parts.preferences.shownProfile.get().toStdString();
    if (m_accounts.find(last) || (last == all && !m_accounts.profiles().empty())) {
        m_shown = last;
        tellWindow();
        m_parts.window.showKnown({}, {}, std::nullopt);
        connectShown(false);
    }
    m_accounts.openAllQuietly();
    m_dialogs.offerEnvironment();
}

std::vector<ui::ProfileView> Profiles::views() const
{
    std::vector<ui::ProfileView> views{{.id = {}, .kind = ui::ProfileView::Kind::agent, .name = tr("Local agent"), .account = {}}};
    for (const profiles::Profile& profile : m_accounts.profiles())
        views.push_back({.id = QString::fromStdString(profile.id),
                         .kind = ui::ProfileView::Kind::account,
                         .name = QString::fromStdString(profile.name),
                         .account = QString::fromStdString(profile.accountName.empty() ? profile.accountId : profile.accountName),
                         .colour = static_cast<ui::ProfileColour>(profile.colour),
                         .production = profile.production});
    return views;
}

void Profiles::tellWindow()
{
    auto shown = views();
    if (shown.size() > 1)
        shown.push_back({.id = QString::fromUtf8(all.data(), static_cast<qsizetype>(all.size())), .kind = ui::ProfileView::Kind::all, .name = tr("All profiles"), .account = {}});
    m_parts.window.setProfiles(std::move(shown), QString::fromStdString(m_shown));
}

void Profiles::show(const std::string& id)
{
    const bool possible = id.empty() || m_accounts.find(id) || (id == all && !m_accounts.profiles().empty());
    if (m_closed || id == m_shown || !possible)
        return;
    remember();
    disconnectShown();
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
    if (!loadedAt || showsAll())
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
    if (id == all) {
        Known together{.tokens = {}, .applications = {}, .loadedAt = std::nullopt};
        for (const ui::ProfileView& view : views()) {
            const Known one = known(view.id.toStdString());
            together.tokens.insert(together.tokens.end(), one.tokens.begin(), one.tokens.end());
            together.applications.insert(together.applications.end(), one.applications.begin(), one.applications.end());
        }
        return together;
    }
    if (const auto found = m_known.find(id); found != m_known.end())
        return found->second;
    // Never shown, but perhaps watched.
    for (const WatchedList& list : m_watching.watcher().lists()) {
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
    if (m_closed || isConnected())
        return;
    if (showsAll())
        return showAll();
    if (showsAgent()) {
        if (client::ManagementClient* client = m_parts.supervisor.client())
            makeConnection(*client, m_agentId, QString::fromStdString(m_parts.supervisor.agent()->edge));
        return;
    }
    if (client::ManagementClient* client = m_accounts.client(m_shown))
        return makeConnection(*client, m_shown, {});
    m_accounts.open(m_shown, mayAsk, [self = QPointer(this), id = m_shown](const Result<void>& opened) {
        if (!self || id != self->m_shown || self->isConnected() || self->m_closed)
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
    m_connection = std::make_unique<Connection>(m_parts, ConnectedProfile{.id = profileId, .view = m_parts.window.profile(), .client = client, .edgeUrl = edge.isEmpty() ? exampleUrl : edge});
    Q_EMIT connected();
}

void Profiles::disconnectShown()
{
    m_connection.reset();
    m_all.reset();
}

void Profiles::showAll()
{
    std::vector<ConnectedProfile> connectedOnes;
    std::map<QString, QString> missing;
    for (const ui::ProfileView& view : views()) {
        const std::string id = view.id.toStdString();
        const bool agent = view.kind == ui::ProfileView::Kind::agent;
        client::ManagementClient* client = agent ? m_parts.supervisor.client() : m_accounts.client(id);
        const auto why = m_cannotOpen.find(id);
        if (client)
            connectedOnes.push_back({.id = agent ? m_agentId : id, .view = view, .client = *client, .edgeUrl = agent ? QString::fromStdString(m_parts.supervisor.agent()->edge) : exampleUrl});
        else
            missing.emplace(view.name, why == m_cannotOpen.end() ? tr("there is no connection yet.") : QString::fromStdString(why->second.message));
    }
    m_all = std::make_unique<AllProfiles>(m_parts, connectedOnes, std::move(missing));
    connect(m_all.get(), &AllProfiles::createWanted, this, [this](const QString& id) {
        show(id.toStdString());
        Q_EMIT m_parts.window.createRequested();
    }, Qt::QueuedConnection);   // it ends the one that asks
    Q_EMIT connected();
}

/// A profile came or went: what is shown of it begins anew.
void Profiles::somethingChanged(const std::string& id)
{
    if (showsAll())
        m_all.reset();
    else if (id == m_shown)
        m_connection.reset();
}

void Profiles::agentConnected()
{
    const std::string id = m_parts.supervisor.agent()->agentId;
    if (std::exchange(m_agentId, id) != id)
        m_known.erase(std::string());
    somethingChanged({});
    connectShown(false);
    m_watching.watch(std::make_unique<ClientSource>(m_agentId, tr("Local agent"), *m_parts.supervisor.client(), watchInterval));
    m_accounts.openAllQuietly();   // the keychain may have been opened for the agent
}

void Profiles::agentDisconnected()
{
    m_watching.unwatch(m_agentId);
    somethingChanged({});
    if (showsAll())
        connectShown(false);
}

void Profiles::accountOpened(const std::string& id)
{
    if (m_closed)
        return;
    m_watching.watch(std::make_unique<ClientSource>(id, QString::fromStdString(m_accounts.find(id)->name), *m_accounts.client(id), watchInterval));
    m_cannotOpen.erase(id);
    if (showsAll())
        m_all.reset();
    if (showsAll() || id == m_shown)
        connectShown(false);
}

/// Its client goes: removed, changed (perhaps to another account), or the session goes on without the keychain.
void Profiles::accountClosing(const std::string& id)
{
    m_watching.unwatch(id);
    m_known.erase(id);
    somethingChanged(id);
    if (id == m_shown && !m_closed)
        m_parts.window.showKnown({}, {}, std::nullopt);
}

void Profiles::listChanged()
{
    const bool gone = showsAll() ? m_accounts.profiles().empty() : !showsAgent() && !m_accounts.find(m_shown);
    if (gone) {
        m_known.erase(m_shown);
        disconnectShown();
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
    else if (m_all)
        m_all->reload();
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
    disconnectShown();
    m_watching.unwatch(m_agentId);
    m_accounts.dropAll();
}

std::string Profiles::watchedId() const
{
    if (!m_connection)
        return {};
    return showsAgent() ? m_agentId : m_shown;
}

} // namespace latchkey::app
