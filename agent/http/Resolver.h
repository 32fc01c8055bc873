// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/address.hpp>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace latchkey::http {

/// Looks names up on a thread of its own, because the system's resolver blocks. Thread-safe.
class Resolver {
public:
    /// The name's addresses, in the system's order; none when it does not resolve.
    using Answer = std::move_only_function<void(std::vector<boost::asio::ip::address>)>;

    Resolver();
    /// Does not wait for a look-up that is under way; its answer and all that wait behind it are dropped.
    ~Resolver();
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;

    /// `answer` is called on the resolver's thread.
    void resolve(std::string name, Answer answer);

private:
    struct State;
    static void run(const std::shared_ptr<State>& state);

    std::shared_ptr<State> m_state;
    std::thread m_thread;
};

} // namespace latchkey::http
