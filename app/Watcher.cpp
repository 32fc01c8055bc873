// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Watcher.h"

#include <QRandomGenerator>

#include <algorithm>

namespace latchkey::app {

using namespace std::chrono_literals;

namespace {

constexpr double jitter = 0.1;   // of an interval, either way

std::chrono::milliseconds aboutAs(std::chrono::seconds interval)
{
    const double factor = 1.0 + jitter * (2.0 * QRandomGenerator::global()->generateDouble() - 1.0);
    return std::chrono::milliseconds(static_cast<qint64>(1000.0 * factor * static_cast<double>(interval.count())));
}

} // namespace

struct Watcher::Entry {
    std::unique_ptr<WatchedSource> source;
    std::optional<std::vector<access::ServiceToken>> tokens;
    QTimer timer;
    bool looking = false;
    bool again = false;    ///< Something changed while it was looked at.
    int failures = 0;      ///< In a row.
};

Watcher::Watcher(const Clock& clock, QObject* parent)
    : QObject(parent)
    , m_clock(clock)
    , m_lastTick(clock.now())
{
    m_tick.setTimerType(Qt::VeryCoarseTimer);
    m_tick.setInterval(tick);
    connect(&m_tick, &QTimer::timeout, this, &Watcher::ticked);
    m_step.setTimerType(Qt::VeryCoarseTimer);
    m_step.setSingleShot(true);
    connect(&m_step, &QTimer::timeout, this, [this] {
        Q_EMIT timePassed();
        armStep();
    });
    m_sinceTick.start();
}

Watcher::~Watcher() = default;

void Watcher::add(std::unique_ptr<WatchedSource> source)
{
    auto entry = std::make_unique<Entry>();
    Entry& added = *entry;
    added.source = std::move(source);
    added.timer.setTimerType(Qt::VeryCoarseTimer);
    added.timer.setSingleShot(true);
    connect(&added.timer, &QTimer::timeout, this, [this, &added] { look(added); });
    m_entries[added.source->profileId()] = std::move(entry);
    if (!m_tick.isActive())
        m_tick.start();
    look(added);
}

void Watcher::remove(const std::string& profileId)
{
    m_entries.erase(profileId);
    if (m_entries.empty())
        m_tick.stop();
    armStep();
}

void Watcher::lookSoon(const std::string& profileId)
{
    if (const auto found = m_entries.find(profileId); found != m_entries.end())
        schedule(*found->second, 2s);
}

std::vector<WatchedList> Watcher::lists() const
{
    std::vector<WatchedList> result;
    for (const auto& [id, entry] : m_entries) {
        if (entry->tokens)
            result.push_back({id, *entry->tokens});
    }
    return result;
}

std::vector<std::string> Watcher::profileIds() const
{
    std::vector<std::string> ids;
    for (const auto& [id, entry] : m_entries)
        ids.push_back(id);
    return ids;
}

WatchedSource* Watcher::source(const std::string& profileId) const
{
    const auto found = m_entries.find(profileId);
    return found != m_entries.end() ? found->second->source.get() : nullptr;
}

int Watcher::failing() const
{
    return static_cast<int>(std::ranges::count_if(m_entries, [](const auto& entry) { return entry.second->failures > 0; }));
}

void Watcher::look(Entry& entry)
{
    if (entry.looking) {
        entry.again = true;
        return;
    }
    entry.looking = true;
    // The source does not answer once it is gone, and the entry goes with it.
    entry.source->look([this, &entry](Result<std::optional<std::vector<access::ServiceToken>>> list) {
        entry.looking = false;
        const std::string id = entry.source->profileId();
        if (!list) {
            ++entry.failures;
            schedule(entry, aboutAs(std::min(entry.source->interval() * (1 << std::min(entry.failures, 5)), longestPause)));
            Q_EMIT failed(id, list.error());
            return;
        }
        entry.failures = 0;
        if (*list) {
            entry.tokens = std::move(**list);
            armStep();
        }
        schedule(entry, std::exchange(entry.again, false) ? std::chrono::milliseconds(2s) : aboutAs(entry.source->interval()));
        Q_EMIT looked(id);
    });
}

void Watcher::schedule(Entry& entry, std::chrono::milliseconds in)
{
    entry.timer.start(in);
}

void Watcher::ticked()
{
    const std::chrono::sys_seconds now = m_clock.now();
    const auto asleep = (now - m_lastTick) - std::chrono::milliseconds(m_sinceTick.restart());
    m_lastTick = now;
    if (asleep > 60s) {
        // Back from sleep: the network may need a moment, and all that slept need not ask at once.
        for (const auto& [id, entry] : m_entries)
            schedule(*entry, 10s + aboutAs(20s));
        armStep();
    }
    Q_EMIT timePassed();
}

void Watcher::armStep()
{
    const auto next = ExpiryNotices::nextStep(lists(), m_clock.now());
    // Later ones are armed by then: a timer's own clock stands still in sleep, so a long one would come late.
    if (next && *next - m_clock.now() <= tick)
        m_step.start(*next - m_clock.now() + 1s);
    else
        m_step.stop();
}

} // namespace latchkey::app
