// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "SigningPool.h"

#include "agent/base/Error.h"
#include "agent/http/Awaiter.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace latchkey::edge {

/// A text that is being made on the signing pool for one request: a JWT that no cache holds. Belongs to the worker's thread;
/// shared with the work under way, which may outlive the request.
struct PendingText {
    http::Waker* waiter = nullptr; ///< Null: nobody waits any more.
    bool done = false;
    Result<std::string> text;
};

/// The way back into a worker's loop for those who may outlive it.
class LoopDoor {
public:
    explicit LoopDoor(boost::asio::io_context& io) : m_io(&io) { }
    void close()
    {
        const std::lock_guard lock(m_mutex);
        m_io = nullptr;
    }
    template <typename Work>
    void post(Work work)
    {
        const std::lock_guard lock(m_mutex);
        if (m_io != nullptr)
            boost::asio::post(*m_io, std::move(work));
    }

private:
    std::mutex m_mutex;
    boost::asio::io_context* m_io;
};

/// On the worker's thread.
inline void finish(PendingText& pending, Result<std::string> text)
{
    pending.text = std::move(text);
    pending.done = true;
    if (http::Waker* const waiting = std::exchange(pending.waiter, nullptr))
        waiting->wake();
}

[[nodiscard]] inline std::shared_ptr<PendingText> makeOnPool(SigningPool& pool, boost::asio::io_context& io, http::Waker& waiter,
                                                             std::move_only_function<Result<std::string>()> make)
{
    auto pending = std::make_shared<PendingText>();
    pending->waiter = &waiter;
    pool.run([&io, pending, make = std::move(make)]() mutable {
        boost::asio::post(io, [pending, text = make()]() mutable { finish(*pending, std::move(text)); });
    });
    return pending;
}

} // namespace latchkey::edge
