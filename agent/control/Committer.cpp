// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Committer.h"

#include <algorithm>

namespace latchkey::control {

namespace {

/// Whether the store itself failed, so that nothing of the transaction can be trusted any more.
bool isStoreFailure(const Error& error)
{
    return error.code == ErrorCode::io || error.code == ErrorCode::damaged || error.code == ErrorCode::internal;
}

} // namespace

Committer::Committer(Dependencies dependencies, State first, std::uint64_t revision)
    : m_with(std::move(dependencies))
    , m_state(std::move(first))
    , m_revision(revision)
{
}

Committer::~Committer() = default;

void Committer::add(std::unique_ptr<Change> change)
{
    if (m_finished) {
        post(this, [change = std::move(change)] {
            change->refuse({ErrorCode::cancelled, "The agent is stopping.", {}});
        });
        return;
    }
    m_waiting.push_back(std::move(change));
    if (!std::exchange(m_scheduled, true))
        post(this, [this] { runGroup(); });
}

void Committer::finish()
{
    m_finished = true;
    runGroup();
}

void Committer::edgeHasStopped()
{
    while (!m_inFlight.empty())
        adopted(m_inFlight.front().revision);
}

void Committer::runGroup()
{
    m_scheduled = false;
    Group group = std::exchange(m_waiting, {});
    if (group.empty())
        return;

    Group refused;
    auto candidate = tryAll(group, refused);
    if (!candidate) {
        m_with.log.write(Log::Level::error, "a change could not be saved",
                         {{"why", candidate.error().message}, {"detail", candidate.error().detail}});
        for (auto& change : group)
            change->refuse(candidate.error());
    } else if (!group.empty()) {
        m_state = candidate->state;
        m_with.ports.follow(m_state);
        m_with.changed(m_state);
        publish(std::move(*candidate), std::move(group));
    }
    for (auto& change : refused)
        change->answer();
}

/// Moves the changes that are not possible to `refused`; a transaction with the others is on disk when it returns. With an
/// error nothing was changed, and it is the answer to all that are left in `group`.
Result<Candidate> Committer::tryAll(Group& group, Group& refused)
{
    if (auto begun = m_with.store.begin(); !begun)
        return std::unexpected(begun.error());

    Candidate candidate;
    candidate.state = m_state;
    const auto abandon = [&](Error error) -> std::unexpected<Error> {
        m_with.store.rollback();
        closeUnused(candidate.opened);
        return std::unexpected(std::move(error));
    };

    Group possible;
    for (auto& change : group) {
        auto refusal = tryOne(*change, candidate);
        if (refusal && isStoreFailure(*refusal)) {
            // Those already moved share the transaction's fate.
            std::erase_if(group, [](const auto& each) { return !each; });
            std::ranges::move(possible, std::back_inserter(group));
            return abandon(std::move(*refusal));
        }
        (refusal ? refused : possible).push_back(std::move(change));
    }
    group = std::move(possible);
    if (group.empty()) {
        m_with.store.rollback();
        return candidate;
    }
    if (auto committed = m_with.store.commit(); !committed)
        return abandon(committed.error());
    return candidate;
}

/// One change in a savepoint of its own; its refusal leaves store and candidate as they were.
std::optional<Error> Committer::tryOne(Change& change, Candidate& candidate)
{
    if (auto point = m_with.store.savepoint(); !point)
        return point.error();
    Candidate before = candidate;
    Transaction transaction{.store = m_with.store,
                            .candidate = candidate,
                            .ports = m_with.ports,
                            .random = m_with.random,
                            .now = m_with.clock.now(),
                            .revision = static_cast<std::uint32_t>(m_revision + 1)};
    auto refusal = change.apply(transaction);
    if (!refusal) {
        if (auto released = m_with.store.releaseSavepoint(); !released)
            return released.error();
        return std::nullopt;
    }
    m_with.store.rollbackToSavepoint();
    giveUpPorts(candidate.opened, before.opened.size());
    candidate = std::move(before);
    return refusal;
}

void Committer::giveUpPorts(const std::vector<std::uint16_t>& opened, std::size_t kept)
{
    closeUnused({opened.begin() + static_cast<std::ptrdiff_t>(kept), opened.end()});
}

void Committer::publish(Candidate candidate, Group group)
{
    if (!candidate.concernsEdge) {
        for (auto& change : group)
            change->answer();
        return;
    }
    const auto revision = ++m_revision;
    m_inFlight.push_back({revision, std::move(group), std::move(candidate.released)});
    auto snapshot = makeSnapshot(m_state, revision, m_with.issuer, m_with.clock.now(), std::move(candidate.cutOff));
    m_with.edge.publish(std::move(snapshot), [this, revision] { post(this, [this, revision] { adopted(revision); }); });
}

void Committer::adopted(std::uint64_t revision)
{
    // Publications are adopted in order, so everything up to this one is in force.
    while (!m_inFlight.empty() && m_inFlight.front().revision <= revision) {
        InFlight inForce = std::move(m_inFlight.front());
        m_inFlight.pop_front();
        settle(std::move(inForce));
    }
}

void Committer::settle(InFlight inForce)
{
    closeUnused(inForce.released);
    for (auto& change : inForce.group)
        change->answer();
}

/// A port that was given up may have found a new owner meanwhile.
void Committer::closeUnused(const std::vector<std::uint16_t>& ports)
{
    for (const auto port : ports) {
        if (!m_state.findPort(port))
            m_with.ports.close(port);
    }
}

} // namespace latchkey::control
