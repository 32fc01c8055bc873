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

[[nodiscard]] inline std::shared_ptr<PendingText> makeOnPool(SigningPool& pool, boost::asio::io_context& io, http::Waker& waiter,
                                                             std::move_only_function<Result<std::string>()> make)
{
    auto pending = std::make_shared<PendingText>();
    pending->waiter = &waiter;
    pool.run([&io, pending, make = std::move(make)]() mutable {
        boost::asio::post(io, [pending, text = make()]() mutable {
            pending->text = std::move(text);
            pending->done = true;
            if (http::Waker* const waiting = std::exchange(pending->waiter, nullptr))
                waiting->wake();
        });
    });
    return pending;
}

} // namespace latchkey::edge
