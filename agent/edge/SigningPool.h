// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Router.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace latchkey::edge {

/// Threads that sign JWTs, because one RSA signature takes as long as dozens of requests. First come, first served.
/// Thread-safe.
class SigningPool {
public:
    struct Job {
        std::shared_ptr<const AssertionContext> context;
        std::string clientId;
        std::chrono::sys_seconds issuedAt;
        std::chrono::sys_seconds expiresAt;
        std::move_only_function<void(Result<std::string>)> done; ///< Called on a thread of the pool.
    };

    explicit SigningPool(unsigned threads);
    ~SigningPool(); ///< Drops what was not begun.
    SigningPool(const SigningPool&) = delete;
    SigningPool& operator=(const SigningPool&) = delete;

    void sign(Job job);   ///< Answers an error too when memory is out.
    /// Other work of the kind that a worker must not do: checking signatures, say. What it throws goes nowhere.
    void run(std::move_only_function<void()> work);

private:
    void work();

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<std::move_only_function<void()>> m_jobs;
    bool m_stopped = false;
    std::vector<std::thread> m_threads;
};

} // namespace latchkey::edge
