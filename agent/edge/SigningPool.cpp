// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SigningPool.h"

#include "agent/jose/Mint.h"

#include <exception>
#include <utility>

namespace latchkey::edge {

namespace {

Result<std::string> mintFor(const SigningPool::Job& job)
{
    const AssertionContext& context = *job.context;
    try {
        return jose::mint(*context.key, {.audience = context.audience,
                                         .issuer = context.issuer,
                                         .commonName = job.clientId,
                                         .issuedAt = job.issuedAt,
                                         .expiresAt = job.expiresAt,
                                         .extra = {}});
    } catch (const std::exception& error) { // out of memory; whoever waits is to know
        return fail(ErrorCode::internal, "The JWT could not be signed.", error.what());
    }
}

} // namespace

SigningPool::SigningPool(unsigned threads)
{
    m_threads.reserve(threads);
    for (unsigned i = 0; i < threads; ++i)
        m_threads.emplace_back([this] { work(); });
}

SigningPool::~SigningPool()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopped = true;
        m_jobs.clear();
    }
    m_changed.notify_all();
    for (std::thread& thread : m_threads)
        thread.join();
}

void SigningPool::sign(Job job)
{
    run([job = std::move(job)]() mutable { job.done(mintFor(job)); });
}

void SigningPool::run(std::move_only_function<void()> work)
{
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(work));
    }
    m_changed.notify_one();
}

void SigningPool::work()
{
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [this] { return m_stopped || !m_jobs.empty(); });
        if (m_stopped)
            return;
        auto job = std::move(m_jobs.front());
        m_jobs.pop_front();
        lock.unlock();
        try {
            job();
        } catch (...) { // out of memory: this one is lost, and its waiter's deadline tells; the others go on
        }
        job = nullptr;
        lock.lock();
    }
}

} // namespace latchkey::edge
