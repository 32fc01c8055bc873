// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Commands.h"
#include "Post.h"
#include "Transaction.h"

#include "agent/base/Clock.h"
#include "agent/base/Log.h"
#include "agent/edge/Edge.h"

#include <QObject>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace latchkey::control {

/// Runs changes and owns the state they change. Those submitted in one turn of the event loop share a transaction:
///     validate and try on a candidate, each in a savepoint → commit → publish → answer when every worker has adopted it.
/// A transaction that does not commit fails all of them and leaves the state in force. Lives on the control thread.
class Committer final : public QObject {
public:
    struct Dependencies {
        store::Store& store;
        edge::Edge& edge;
        Ports& ports;
        const Clock& clock;
        Random& random;
        Log& log;
        std::string issuer;
        /// Told of every state that is on disk, before it is published.
        std::function<void(const State&)> changed;
    };

    /// `first` is what the edge was started with, as publication `revision`.
    Committer(Dependencies dependencies, State first, std::uint64_t revision);
    ~Committer() override;

    [[nodiscard]] const State& state() const { return m_state; }

    /// `work` is `Result<T>(Transaction&)`. The answer comes in a later turn.
    template <typename T, typename Work>
    void submit(Work work, Answer<T> answer)
    {
        add(std::make_unique<ChangeOf<T, Work>>(std::move(work), std::move(answer)));
    }

    /// Runs what is waiting and takes no more.
    void finish();
    /// Answers what waits for workers that have ended: they decide nothing any more.
    void edgeHasStopped();

private:
    class Change {
    public:
        virtual ~Change() = default;
        virtual std::optional<Error> apply(Transaction& transaction) = 0;
        virtual void answer() = 0;              ///< With what apply() made.
        virtual void refuse(Error error) = 0;
    };

    template <typename T, typename Work>
    class ChangeOf;

    using Group = std::vector<std::unique_ptr<Change>>;
    struct InFlight {
        std::uint64_t revision = 0;
        Group group;
        std::vector<std::uint16_t> released;
    };

    void add(std::unique_ptr<Change> change);
    void runGroup();
    [[nodiscard]] Result<Candidate> tryAll(Group& group, Group& refused);
    [[nodiscard]] std::optional<Error> tryOne(Change& change, Candidate& candidate);
    void giveUpPorts(const std::vector<std::uint16_t>& opened, std::size_t kept);
    void publish(Candidate candidate, Group group);
    void adopted(std::uint64_t revision);
    void settle(InFlight inForce);
    void closeUnused(const std::vector<std::uint16_t>& ports);

    Dependencies m_with;
    State m_state;
    std::uint64_t m_revision;
    Group m_waiting;
    std::deque<InFlight> m_inFlight;
    bool m_scheduled = false;
    bool m_finished = false;
};

template <typename T, typename Work>
class Committer::ChangeOf final : public Change {
public:
    ChangeOf(Work work, Answer<T> answer)
        : m_work(std::move(work))
        , m_answer(std::move(answer))
    {
    }

    std::optional<Error> apply(Transaction& transaction) override
    {
        m_result.emplace(m_work(transaction));
        if (m_result->has_value())
            return std::nullopt;
        return m_result->error();
    }

    void answer() override { m_answer(std::move(*m_result)); }
    void refuse(Error error) override { m_answer(std::unexpected(std::move(error))); }

private:
    Work m_work;
    Answer<T> m_answer;
    std::optional<Result<T>> m_result;
};

} // namespace latchkey::control
