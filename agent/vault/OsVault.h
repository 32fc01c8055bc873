// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "KeychainGate.h"
#include "Vault.h"

#include <QPointer>
#include <QTimer>

#include <deque>
#include <optional>

namespace QKeychain {
class Job;
}

namespace latchkey::vault {

/// The operating system's keychain, through QtKeychain. One operation runs at a time (QtKeychain itself has one queue for
/// the whole process), each with a deadline:
///   read:   gate open? → read
///   write:  gate open? → write → read back and compare
///   remove: gate open? → remove → read back, which must find nothing
/// "Nothing found" counts only if the gate is still open after it, as a locked keychain finds nothing either.
///
/// A job that does not end cannot be deleted (QtKeychain's callback would reach into it) and blocks QtKeychain's queue, so it
/// is left to itself; until it ends, operations wait for it and time out.
class OsVault final : public QObject, public Vault {
    Q_OBJECT
public:
    OsVault(VaultOptions options, std::unique_ptr<KeychainGate> gate);
    ~OsVault() override;

    VaultKind kind() const override { return VaultKind::os; }
    std::string backend() const override { return m_gate->backend(); }
    void state(StateHandler handler) override;
    void read(std::string key, ReadHandler handler) override;
    void write(std::string key, SecretBytes value, DoneHandler handler) override;
    void remove(std::string key, DoneHandler handler) override;
    void unlock(DoneHandler handler) override;

private:
    enum class Task { read, write, remove };
    struct Operation {
        Task task;
        std::string key;
        SecretBytes value;                        ///< What to write.
        ReadHandler onRead;
        DoneHandler onDone;
        void answer(Result<SecretBytes> result);
    };
    /// nullopt: there is no such entry, and the keychain is open.
    using Found = std::function<void(std::optional<SecretBytes>)>;

    void post(std::move_only_function<void()> work);
    void enqueue(Operation operation);
    void startNext();
    void passGate(bool mayUnlock);
    void runTask();
    void runWrite();
    void runRemove();
    /// Reads the current operation's entry; a failure ends the operation.
    void lookUp(Found found);
    /// Ends the operation with what the gate says, or with `refusal` if the gate is open all the same.
    void refuse(Error refusal);
    /// Starts a job of the current operation; `done` is not called if the operation timed out meanwhile.
    void run(QKeychain::Job* job, std::function<void(QKeychain::Job*)> done);
    void timeOut();
    void finish(Result<SecretBytes> result);
    [[nodiscard]] QString key() const;

    VaultOptions m_options;
    std::unique_ptr<KeychainGate> m_gate;
    std::deque<Operation> m_queue;       ///< The front one is running if m_isBusy.
    bool m_isBusy = false;
    std::uint64_t m_turn = 0;            ///< Tells answers for the current operation from late ones.
    QPointer<QKeychain::Job> m_job;      ///< Of the current operation.
    QPointer<QKeychain::Job> m_stuck;    ///< One that timed out and has not ended.
    bool m_waitsForStuck = false;        ///< The current operation may run as soon as that one ends.
    QTimer m_deadline;
};

} // namespace latchkey::vault
