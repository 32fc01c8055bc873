// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Resolver.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

namespace latchkey::http {

// Outlives the resolver while a look-up is under way.
struct Resolver::State {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::pair<std::string, Answer>> waiting;
    bool stopped = false;
    bool busy = false;
};

Resolver::Resolver()
    : m_state(std::make_shared<State>())
{
}

Resolver::~Resolver()
{
    bool busy = false;
    {
        const std::lock_guard lock(m_state->mutex);
        m_state->stopped = true;
        m_state->waiting.clear();
        busy = m_state->busy;
    }
    m_state->changed.notify_one();
    if (!m_thread.joinable())
        return;
    // A look-up can take half a minute and cannot be called off: the thread then ends by itself, touching its state only.
    if (busy)
        m_thread.detach();
    else
        m_thread.join();
}

void Resolver::resolve(std::string name, Answer answer)
{
    {
        const std::lock_guard lock(m_state->mutex);
        m_state->waiting.emplace_back(std::move(name), std::move(answer));
        if (!m_thread.joinable())
            m_thread = std::thread(&Resolver::run, m_state);
    }
    m_state->changed.notify_one();
}

void Resolver::run(const std::shared_ptr<State>& state)
{
    boost::asio::io_context io;
    boost::asio::ip::tcp::resolver resolver(io);
    std::unique_lock lock(state->mutex);
    for (;;) {
        state->changed.wait(lock, [&] { return state->stopped || !state->waiting.empty(); });
        if (state->stopped)
            return;
        auto [name, answer] = std::move(state->waiting.front());
        state->waiting.pop_front();
        state->busy = true;
        lock.unlock();

        boost::system::error_code error;
        const auto found = resolver.resolve(name, "", error);
        std::vector<boost::asio::ip::address> addresses;
        for (const auto& entry : found) {
            const auto address = entry.endpoint().address();
            if (std::find(addresses.begin(), addresses.end(), address) == addresses.end())
                addresses.push_back(address);
        }

        lock.lock();
        state->busy = false;
        if (state->stopped)
            return;
        // Under the lock: whoever destroys the resolver then knows that no answer is on its way any more.
        answer(std::move(addresses));
    }
}

} // namespace latchkey::http
