// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/control/Control.h"

#include <QObject>
#include <QTest>

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

// An agent's control plane on a real database and vault, with an edge that does what the test says.

namespace latchkey::control::test {

class SettableClock final : public Clock {
public:
    std::chrono::sys_seconds now() const override { return std::chrono::sys_seconds(std::chrono::seconds(m_seconds.load())); }
    void advance(std::chrono::seconds by) { m_seconds += by.count(); }

private:
    std::atomic<std::int64_t> m_seconds{1'800'000'000};
};

class QuietLog final : public Log {
public:
    void write(Level level, std::string_view message, std::initializer_list<Field> fields) override;
    std::string text() const;

private:
    mutable std::mutex m_mutex;
    std::string m_text;
};

/// The edge as the test sees and directs it; outlives the agents that start on it.
struct EdgeProbe {
    std::set<std::uint16_t> takenByOthers;
    std::set<std::uint16_t> open;
    std::vector<std::shared_ptr<const edge::Snapshot>> snapshots;   ///< The first, then what was published.
    std::vector<std::shared_ptr<const jose::LocalCa>> authorities;  ///< Of its TLS listener: the first, then later ones.
    bool holdAdoption = false;
    std::vector<std::move_only_function<void()>> held;
    std::optional<Error> startError;
    std::vector<edge::EndedSession> endedSessions;                  ///< That it was started with.
    edge::EventSink* events = nullptr;
    std::vector<edge::EventBatch> lastEvents;                       ///< Delivered by stop(), as workers do when they end.

    const edge::Snapshot& newest() const { return *snapshots.back(); }
    void adoptAll();
};

/// What the test makes of the store.
struct StoreProbe {
    int begins = 0;
    int commits = 0;
    bool failBegin = false;
    bool failCommit = false;
    bool failInsertToken = false;
    std::function<void()> afterCommit;                              ///< What is on disk is what a crash would leave.
};

/// A vault whose state is told step by step; the last one stays. Entries survive restarts of the agent.
class StagedVault final : public vault::Vault {
public:
    explicit StagedVault(std::vector<vault::VaultState> states) : m_states(std::move(states)) { }

    vault::VaultKind kind() const override { return vault::VaultKind::os; }
    std::string backend() const override { return "test keychain"; }
    void state(StateHandler handler) override;
    void read(std::string key, ReadHandler handler) override;
    void write(std::string key, SecretBytes value, DoneHandler handler) override;
    void remove(std::string key, DoneHandler handler) override;
    void unlock(DoneHandler handler) override;

    int asked = 0;
    std::map<std::string, std::string> entries;
    std::optional<Error> writeError;
    std::optional<Error> removeError;
    std::function<void()> afterChange;                              ///< Of `entries`.

private:
    void later(std::move_only_function<void()> work);

    std::vector<vault::VaultState> m_states;
    QObject m_context;
};

/// Waits for an answer; internal when none came.
template <typename T, typename Call>
[[nodiscard]] Result<T> answerOf(Call call)
{
    auto answer = std::make_shared<std::optional<Result<T>>>();
    call(Answer<T>([answer](Result<T> result) { answer->emplace(std::move(result)); }));
    if (!QTest::qWaitFor([&] { return answer->has_value(); }, 20'000))
        return fail(ErrorCode::internal, "no answer came");
    return std::move(**answer);
}

/// A data directory with its agent, which can be stopped and started again.
class Agent {
public:
    explicit Agent(std::string directory, vault::VaultKind kind = vault::VaultKind::file);
    ~Agent();

    /// Starts with `options`, which stay for the next start (but for the preset, which is moved from).
    [[nodiscard]] Result<void> start();
    void stop();
    [[nodiscard]] Control& control() { return *m_control; }
    [[nodiscard]] Services services();
    [[nodiscard]] vault::Vault& vault() { return staged ? static_cast<vault::Vault&>(*staged) : *m_vault; }

    [[nodiscard]] Result<IssuedToken> createToken(const std::string& name, access::Duration duration = access::Duration::oneYear());
    [[nodiscard]] Result<access::ServiceToken> token(const access::TokenId& id);
    [[nodiscard]] Result<access::Application> createApplication(access::Application application);
    [[nodiscard]] Result<std::vector<access::ServiceToken>> tokens();
    [[nodiscard]] Result<SecretBytes> readVault(const std::string& key);

    ControlOptions options;
    SettableClock clock;
    SystemRandom random;
    QuietLog log;
    EdgeProbe edge;
    StoreProbe store;
    std::unique_ptr<StagedVault> staged;   ///< In the place of the real vault, if set.
    bool realEdge = false;                 ///< Requests go through a real edge on a free port instead of the probe.
    int waitingTold = 0;

private:
    std::unique_ptr<vault::Vault> m_vault;
    std::unique_ptr<Control> m_control;
};

/// An application with one Service Auth policy that lets every valid token in.
[[nodiscard]] access::Application sampleApplication(const std::string& name, const std::string& domain = {});

} // namespace latchkey::control::test
