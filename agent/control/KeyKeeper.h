// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Committer.h"
#include "KeyBundle.h"

#include "agent/access/KeyRotation.h"
#include "agent/jose/SigningKey.h"
#include "agent/vault/Vault.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace latchkey::control {

/// Rotates the signing key, on demand and when its interval is over, and clears away keys whose time has passed. Lives on
/// the control thread.
///
/// A rotation, and what a crash after each step leaves for the next start:
///   1. the key is made, on another thread              → nothing
///   2. its id is noted as a leftover, durably          → a note; clearing it away removes nothing
///   3. it goes into the vault                          → a key too many and a note: removed by it
///   4. one commit makes it current, retires the one before it and strikes the note → rotated
///   5. it is published; the answer comes when every worker signs with it
/// A key that retires for good goes the same way back: one commit strikes it and leaves a note, then the vault forgets it,
/// then the note goes. So the vault never lacks a key that the database asks for.
class KeyKeeper final : public QObject {
public:
    struct Dependencies {
        Committer& committer;
        store::Store& store;
        vault::Vault& vault;
        const Clock& clock;
        Log& log;
        std::string agentId;
        std::function<int()> intervalDays;
        std::function<void()> rotated;       ///< Told of every rotation, before its answers.
        /// The clock may jump, so it is looked at again and again instead of waited for.
        std::chrono::milliseconds watchInterval{std::chrono::minutes(1)};
    };

    explicit KeyKeeper(Dependencies dependencies);
    ~KeyKeeper() override;

    /// Clears away what an earlier run left, and keeps watch from now on.
    void begin();

    /// Those that ask while a rotation is under way share it. The key before the previous one, if its seven days were not
    /// over, is good no longer: as on the real network there are two at a time.
    void rotate(Answer<access::KeyRotation> answer);
    [[nodiscard]] access::KeyRotation rotation() const;

    /// Puts keys of a backup into service, together with another change (`also`): both or neither. As with a rotation a key
    /// is noted before it goes into the vault, so that one that does not come into service is cleared away again. Its
    /// current key signs; the previous one is the backup's if it is still published, or else the one that signed here until
    /// now. Errors: conflict while a rotation or another restoring is under way, those of the vault, and `also`'s.
    using AlsoChange = std::move_only_function<Result<void>(Transaction&)>;
    void restore(std::vector<KeyBundle::SigningKey> keys, AlsoChange also, Answer<void> answer);
    /// What a backup holds of them.
    [[nodiscard]] KeyBundle bundle() const;
    /// Whether restore() would change anything.
    [[nodiscard]] bool isInService(const std::vector<KeyBundle::SigningKey>& keys) const;

    /// Answers those that wait with ErrorCode::cancelled. What is under way is cleared away at the next start.
    void stop();

    /// A rotation that failed by itself is tried again after that long: the vault may be locked for the night.
    static constexpr std::chrono::minutes retryDelay{15};

private:
    using Key = std::shared_ptr<const jose::SigningKey>;

    void keyMade(Result<Key> made);
    void keyNoted();
    void keyKept();
    void finishWith(Result<void> result);
    void makeNext();

    void writeRestored();
    void commitRestored();
    void endRestore(Result<void> result);

    void look();
    void retirePast();
    void clearLeftovers();
    void clearNext();
    void couldNotClear(const Error& error);

    /// A handler of the vault or the committer that does nothing once we are gone or stopped.
    template <typename Handler>
    [[nodiscard]] std::move_only_function<void(Result<void>)> guarded(Handler handler);

    Dependencies m_with;
    QTimer m_watch;
    QElapsedTimer m_sinceFailure;            ///< Of an automatic rotation; invalid: none failed.
    std::vector<Answer<access::KeyRotation>> m_asking;
    Key m_next;
    bool m_rotating = false;
    struct Restoring {
        std::vector<KeyBundle::SigningKey> keys;
        std::vector<std::shared_ptr<const jose::SigningKey>> unwritten;   ///< Not in the vault yet.
        AlsoChange also;
        Answer<void> answer;
    };
    std::optional<Restoring> m_restoring;
    std::vector<std::string> m_leftovers;    ///< Being cleared away, the last one first.
    bool m_clearing = false;
    bool m_toldCannotClear = false;
    bool m_stopped = false;
};

} // namespace latchkey::control
