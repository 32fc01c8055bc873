// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "OsVault.h"

#include <qt6keychain/keychain.h>

#include <utility>

namespace latchkey::vault {
namespace {

/// Overwrites the buffer itself, also where QtKeychain's job shares it; QByteArray::data() would make a copy first.
void wipeShared(const QByteArray& bytes)
{
    base::wipe(const_cast<char*>(bytes.constData()), static_cast<std::size_t>(bytes.size()));
}

std::string words(const QKeychain::Job& job)
{
    return "QtKeychain error " + std::to_string(job.error()) + ": " + job.errorString().toStdString();
}

Error jobError(const QKeychain::Job& job, const char* verb)
{
    switch (job.error()) {
    case QKeychain::NoBackendAvailable:
    case QKeychain::NotImplemented:
        return Error{ErrorCode::vaultAbsent, "No keychain service answers in this session. Start one, or keep secrets in a file "
                                             "with --vault file.", words(job)};
    case QKeychain::AccessDeniedByUser:
        return Error{ErrorCode::vaultDenied, "The keychain's prompt was declined.", words(job)};
    default:
        return Error{ErrorCode::vaultDenied, std::string("The keychain refused to ") + verb + " the entry. Look at its settings, "
                                             "then try again.", words(job)};
    }
}

VaultState stateOf(const Result<void>& check)
{
    if (check)
        return VaultState::open;
    return check.error().code == ErrorCode::vaultLocked ? VaultState::locked : VaultState::absent;
}

} // namespace

void OsVault::Operation::answer(Result<SecretBytes> result)
{
    if (onRead)
        onRead(std::move(result));
    else if (result)
        onDone({});
    else
        onDone(std::unexpected(std::move(result.error())));
}

OsVault::OsVault(VaultOptions options, std::unique_ptr<KeychainGate> gate) : m_options(std::move(options)), m_gate(std::move(gate))
{
    m_deadline.setSingleShot(true);
    m_deadline.setInterval(m_options.deadline);
    connect(&m_deadline, &QTimer::timeout, this, &OsVault::timeOut);
}

// A job that is running outlives this, as it must; it deletes itself when it ends, and its signals are no longer ours.
OsVault::~OsVault() = default;

void OsVault::post(std::move_only_function<void()> work)
{
    auto shared = std::make_shared<std::move_only_function<void()>>(std::move(work));
    QMetaObject::invokeMethod(this, [shared] { (*shared)(); }, Qt::QueuedConnection);
}

void OsVault::state(StateHandler handler)
{
    post([this, handler = std::move(handler)]() mutable {
        m_gate->check(std::nullopt, [handler = std::move(handler)](Result<void> check) mutable { handler(stateOf(check)); });
    });
}

void OsVault::unlock(DoneHandler handler)
{
    post([this, handler = std::move(handler)]() mutable { m_gate->unlock(std::move(handler)); });
}

void OsVault::read(std::string key, ReadHandler handler)
{
    enqueue({Task::read, std::move(key), {}, std::move(handler), {}});
}

void OsVault::write(std::string key, SecretBytes value, DoneHandler handler)
{
    enqueue({Task::write, std::move(key), std::move(value), {}, std::move(handler)});
}

void OsVault::remove(std::string key, DoneHandler handler)
{
    enqueue({Task::remove, std::move(key), {}, {}, std::move(handler)});
}

QString OsVault::key() const
{
    return QString::fromStdString(m_queue.front().key);
}

void OsVault::enqueue(Operation operation)
{
    m_queue.push_back(std::move(operation));
    if (m_queue.size() == 1)
        post([this] { startNext(); });
}

void OsVault::startNext()
{
    if (m_isBusy || m_queue.empty())
        return;
    m_isBusy = true;
    ++m_turn;
    m_deadline.start();
    passGate(m_options.mayPrompt);
}

void OsVault::passGate(bool mayUnlock)
{
    m_gate->check(KeychainEntry{m_options.service, m_queue.front().key}, [this, mayUnlock, turn = m_turn](Result<void> open) {
        if (turn != m_turn)
            return;
        if (open)
            return runTask();
        if (!mayUnlock || open.error().code != ErrorCode::vaultLocked)
            return finish(std::unexpected(std::move(open.error())));
        m_deadline.stop();   // A person has no deadline.
        m_gate->unlock([this, turn](Result<void> unlocked) {
            if (turn != m_turn)
                return;
            if (!unlocked)
                return finish(std::unexpected(std::move(unlocked.error())));
            m_deadline.start();
            passGate(false);
        });
    });
}

void OsVault::runTask()
{
    m_waitsForStuck = m_stuck != nullptr;
    if (m_waitsForStuck)
        return;   // Its end, or our deadline, goes on from here.
    switch (m_queue.front().task) {
    case Task::read:
        return lookUp([this](std::optional<SecretBytes> found) {
            if (found)
                return finish(std::move(*found));
            finish(fail(ErrorCode::vaultMissing, "The keychain is open, but it has no entry " + m_queue.front().key + "."));
        });
    case Task::write:
        return runWrite();
    case Task::remove:
        return runRemove();
    }
}

void OsVault::runWrite()
{
    const std::string_view value = m_queue.front().value.reveal();
    const QByteArray bytes(value.data(), static_cast<qsizetype>(value.size()));
    auto* job = new QKeychain::WritePasswordJob(QString::fromStdString(m_options.service));
    job->setKey(key());
    job->setBinaryData(bytes);
    // Also when nobody waits for the job any more. Never before it ends: it may have to write these bytes yet.
    connect(job, &QKeychain::Job::finished, job, [bytes] { wipeShared(bytes); });
    run(job, [this](QKeychain::Job* done) {
        if (done->error() != QKeychain::NoError)
            return refuse(jobError(*done, "keep"));
        lookUp([this](std::optional<SecretBytes> found) {
            if (found && found->equals(m_queue.front().value))
                return finish(SecretBytes());
            finish(fail(ErrorCode::vaultDenied, "The keychain did not keep what was written. Look at its settings, then try again."));
        });
    });
}

void OsVault::runRemove()
{
    auto* job = new QKeychain::DeletePasswordJob(QString::fromStdString(m_options.service));
    job->setKey(key());
    run(job, [this](QKeychain::Job* done) {
        // Backends differ in what they say of an entry that was not there; looking it up tells.
        const bool isSure = done->error() == QKeychain::NoError || done->error() == QKeychain::EntryNotFound
                            || done->error() == QKeychain::CouldNotDeleteEntry;
        if (!isSure)
            return refuse(jobError(*done, "delete"));
        lookUp([this](std::optional<SecretBytes> found) {
            if (!found)
                return finish(SecretBytes());
            finish(fail(ErrorCode::vaultDenied, "The keychain still has the entry that was deleted. Delete it in your password "
                                                "manager."));
        });
    });
}

void OsVault::lookUp(Found found)
{
    auto* job = new QKeychain::ReadPasswordJob(QString::fromStdString(m_options.service));
    job->setKey(key());
    run(job, [this, found = std::move(found)](QKeychain::Job* done) {
        if (done->error() == QKeychain::NoError) {
            const QByteArray bytes = static_cast<QKeychain::ReadPasswordJob*>(done)->binaryData();
            SecretBytes value(std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
            wipeShared(bytes);
            return found(std::move(value));
        }
        if (done->error() != QKeychain::EntryNotFound)
            return refuse(jobError(*done, "read"));
        m_gate->check(std::nullopt, [this, turn = m_turn, found](Result<void> open) {
            if (turn != m_turn)
                return;
            if (!open)
                return finish(std::unexpected(std::move(open.error())));
            found(std::nullopt);
        });
    });
}

void OsVault::refuse(Error refusal)
{
    m_gate->check(std::nullopt, [this, turn = m_turn, refusal = std::move(refusal)](Result<void> open) mutable {
        if (turn != m_turn)
            return;
        finish(std::unexpected(open ? std::move(refusal) : std::move(open.error())));
    });
}

void OsVault::run(QKeychain::Job* job, std::function<void(QKeychain::Job*)> done)
{
    m_job = job;
    connect(job, &QKeychain::Job::finished, this, [this, turn = m_turn, done = std::move(done)](QKeychain::Job* finished) {
        if (turn != m_turn)
            return;
        m_job.clear();
        done(finished);
    });
    job->start();
}

void OsVault::timeOut()
{
    ++m_turn;   // What comes later is not for us.
    m_isBusy = false;
    m_waitsForStuck = false;
    if (m_job) {
        m_stuck = std::exchange(m_job, nullptr);
        connect(m_stuck, &QObject::destroyed, this, [this] {
            m_stuck.clear();
            if (std::exchange(m_waitsForStuck, false))
                runTask();
        });
    }
    // Whoever waits behind an operation that does not end has waited long enough, too.
    const QPointer<OsVault> alive(this);
    auto unanswered = std::exchange(m_queue, {});
    for (Operation& operation : unanswered) {
        if (!alive)
            return;
        operation.answer(fail(ErrorCode::timedOut, "The keychain did not answer in time. Look for a hidden prompt of it, or restart "
                                                   "its service, then try again."));
    }
}

void OsVault::finish(Result<SecretBytes> result)
{
    ++m_turn;
    m_deadline.stop();
    m_isBusy = false;
    Operation operation = std::move(m_queue.front());
    m_queue.pop_front();
    if (!m_queue.empty())
        post([this] { startNext(); });
    operation.answer(std::move(result));   // Last: it may delete the vault.
}

} // namespace latchkey::vault
