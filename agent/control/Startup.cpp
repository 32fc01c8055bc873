// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Startup.h"

#include "ControlParts.h"
#include "Naming.h"
#include "OrganizationChanges.h"
#include "Post.h"

#include <QPointer>
#include <QTimer>

namespace latchkey::control {

namespace {

constexpr std::uint64_t kFirstRevision = 1;

std::string issuerOf(const std::string& team)
{
    return "https://" + team + ".cloudflareaccess.com";
}

Error fixed(std::string_view what, const std::string& value, const std::string& other, std::string_view option)
{
    return {ErrorCode::invalidArgument,
            "This data directory's " + std::string(what) + " was fixed at its first start: it is " + value + ", not " + other
                + ". Leave " + std::string(option) + " out, or choose another data directory.",
            {}};
}

} // namespace

Startup::Startup(ControlOptions options, Services services, std::function<void()> waiting,
                 Answer<std::unique_ptr<Control>> answer, QObject* context)
    : QObject(context)
    , m_options(std::move(options))
    , m_services(std::move(services))
    , m_waiting(std::move(waiting))
    , m_answer(std::move(answer))
{
}

Startup::~Startup() = default;

void Startup::begin()
{
    // Never answers from inside the call.
    post(this, [this] { openStore(); });
}

void Startup::openStore()
{
    auto store = m_services.openStore(m_options.dataDirectory);
    if (!store)
        return finish(std::unexpected(store.error()));
    m_store = std::move(*store);
    if (auto settled = settleSettings(); !settled)
        return finish(std::unexpected(settled.error()));
    m_vaultDeadline.setRemainingTime(m_options.vaultWait);
    awaitVault();
}

Result<void> Startup::settleSettings()
{
    const std::string vaultKind(vault::code(m_services.vault.kind()));
    if (m_options.apiTokenPreset) {
        if (auto checked = checkApiToken(*m_options.apiTokenPreset); !checked)
            return checked;
    } else if (m_services.vault.kind() == vault::VaultKind::memory) {
        return fail(ErrorCode::invalidArgument,
                    "With a memory vault the API token has to come from the environment: set LATCHKEY_API_TOKEN.");
    }

    auto saved = m_store->settings();
    if (!saved)
        return std::unexpected(saved.error());
    auto keys = m_store->keys();
    if (!keys)
        return std::unexpected(keys.error());
    m_keyRecords = std::move(*keys);
    m_isFirst = !saved->has_value();

    if (m_isFirst) {
        if (auto team = checkTeam(m_options.team); !team)
            return team;
        if (m_options.accountId.empty())
            m_options.accountId = m_services.random.hex(16);
        if (auto account = checkAccountId(m_options.accountId); !account)
            return account;
        m_settings.agentId = m_services.random.uuid();
        m_settings.accountId = m_options.accountId;
        m_settings.team = m_options.team;
        m_settings.vaultKind = vaultKind;
        return {};
    }

    m_settings = std::move(**saved);
    if (m_settings.vaultKind != vaultKind)
        return std::unexpected(Error{ErrorCode::invalidArgument,
                                     "This data directory keeps its secrets in the " + m_settings.vaultKind + " vault, not in the "
                                         + vaultKind + " vault: that was fixed at its first start. Use --vault "
                                         + m_settings.vaultKind + ", or choose another data directory.",
                                     {}});
    if (m_options.teamGiven && m_options.team != m_settings.team)
        return std::unexpected(fixed("team", m_settings.team, m_options.team, "--team"));
    if (m_options.accountGiven && m_options.accountId != m_settings.accountId)
        return std::unexpected(fixed("account id", m_settings.accountId, m_options.accountId, "--account-id"));
    return {};
}

void Startup::awaitVault()
{
    m_services.vault.state([self = QPointer<Startup>(this)](vault::VaultState state) {
        if (self)
            self->vaultIs(state);
    });
}

void Startup::vaultIs(vault::VaultState state)
{
    if (state == vault::VaultState::open)
        return getSecrets();

    const auto backend = m_services.vault.backend();
    if (m_vaultDeadline.hasExpired()) {
        if (state == vault::VaultState::locked)
            return finish(fail(ErrorCode::vaultLocked, "The keychain (" + backend + ") is locked. Unlock it and start again, or let "
                                                       "--vault-wait wait for it."));
        return finish(fail(ErrorCode::vaultAbsent, "No keychain (" + backend + ") answers on this machine. Start one, or use --vault "
                                                   "file with another data directory."));
    }
    if (!std::exchange(m_toldWaiting, true) && m_waiting)
        m_waiting();
    QTimer::singleShot(vaultInterval, this, &Startup::awaitVault);
}

void Startup::getSecrets()
{
    m_secrets = std::make_unique<StartupSecrets>(
        StartupSecrets::Request{.agentId = m_settings.agentId,
                                .mayMake = m_isFirst,
                                .apiTokenPreset = std::exchange(m_options.apiTokenPreset, std::nullopt),
                                .keys = m_keyRecords},
        m_services, [this](Result<Secrets> secrets) {
            if (!secrets)
                return finish(std::unexpected(secrets.error()));
            if (auto remembered = remember(*secrets); !remembered)
                return finish(std::unexpected(remembered.error()));
            finish(assemble(std::move(*secrets)));
        });
    m_secrets->begin();
}

/// The database's part of what was made: only now, when the vault has it, may it be asked for.
Result<void> Startup::remember(const Secrets& secrets)
{
    if (!m_isFirst && !secrets.keyIsNew)
        return {};
    const auto save = [&]() -> Result<void> {
        if (auto begun = m_store->begin(); !begun)
            return begun;
        if (m_isFirst) {
            if (auto saved = m_store->saveSettings(m_settings); !saved)
                return saved;
        }
        // Keys of a memory vault went with the process that made them.
        for (const auto& record : m_keyRecords) {
            if (auto deleted = m_store->deleteKey(record.kid); !deleted)
                return deleted;
        }
        const auto& key = *secrets.keys.current;
        if (auto saved = m_store->saveKey({key.kid(), key.createdAt(), std::nullopt}); !saved)
            return saved;
        return m_store->commit();
    };
    auto saved = save();
    if (!saved)
        m_store->rollback();
    return saved;
}

Result<std::unique_ptr<Control>> Startup::assemble(Secrets secrets)
{
    auto state = loadState(*m_store, std::move(secrets.keys), kFirstRevision);
    if (!state)
        return std::unexpected(state.error());
    // Never edited yet, or from a version that kept only its strictness: the rest follows from the team.
    if (state->organization->authDomain.empty()) {
        auto organization = defaultOrganization(m_settings.team);
        organization.strict = state->organization->strict;
        state->organization = std::make_shared<const access::Organization>(std::move(organization));
    }
    for (const auto& application : state->applications) {
        if (!application.compiled)
            m_services.log.write(Log::Level::error, "an application cannot be evaluated and is out of service",
                                 {{"application", application.record->name}, {"why", application.problem}});
    }

    auto events = std::make_unique<EventIntake>(*m_store, m_services.clock, m_services.log, m_options.logKeep);
    const auto issuer = issuerOf(m_settings.team);
    m_options.edge.accountId = m_settings.accountId;
    const auto ended = m_store->endedSessions(m_services.clock.now());
    if (!ended)
        return std::unexpected(ended.error());
    for (const auto& session : *ended)
        m_options.edge.endedSessions.push_back({session.digest, session.expiresAt});
    auto edge = m_services.startEdge(m_options.edge, makeSnapshot(*state, kFirstRevision, issuer, m_services.clock.now(), {}),
                                     *events, m_services.clock, m_services.log);
    if (!edge)
        return std::unexpected(edge.error());

    return std::unique_ptr<Control>(new Control({.store = std::move(m_store),
                                                 .events = std::move(events),
                                                 .edge = std::move(*edge),
                                                 .services = m_services,
                                                 .settings = m_settings,
                                                 .dataDirectory = m_options.dataDirectory,
                                                 .version = m_options.version,
                                                 .edgeHost = m_options.edge.host,
                                                 .issuer = issuer,
                                                 .apiToken = std::move(secrets.apiToken),
                                                 .state = std::move(*state),
                                                 .keyWatch = m_options.keyWatch,
                                                 .revision = kFirstRevision}));
}

void Startup::finish(Result<std::unique_ptr<Control>> result)
{
    deleteLater();
    m_store.reset();
    auto answer = std::exchange(m_answer, nullptr);
    answer(std::move(result));
}

} // namespace latchkey::control
