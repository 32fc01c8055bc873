// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ExpiryNotices.h"
#include "WatchedSource.h"

#include "agent/base/Clock.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <map>
#include <memory>

namespace latchkey::app {

/// Looks at each source from time to time and keeps its last list. Costs next to nothing: minutes between two looks, each a
/// little sooner or later than due so that accounts do not crowd, timers that the system may put together with others, no
/// wake-up of a sleeping machine; after sleep a look soon. A source that fails is asked less and less often, its last list
/// stays. GUI thread.
class Watcher final : public QObject {
    Q_OBJECT
public:
    explicit Watcher(const Clock& clock, QObject* parent = nullptr);
    ~Watcher() override;

    void add(std::unique_ptr<WatchedSource> source);   ///< Replaces one of the same profile; looks at once.
    void remove(const std::string& profileId);
    /// Something changed there: look soon, without waiting for the turn.
    void lookSoon(const std::string& profileId);

    [[nodiscard]] std::vector<WatchedList> lists() const;   ///< Of the sources that have answered; valid until the next turn.
    [[nodiscard]] WatchedSource* source(const std::string& profileId) const;
    [[nodiscard]] std::vector<std::string> profileIds() const;
    [[nodiscard]] std::size_t sourceCount() const { return m_entries.size(); }
    [[nodiscard]] int failing() const;

    static constexpr std::chrono::seconds longestPause{3600};
    static constexpr std::chrono::seconds tick{300};

Q_SIGNALS:
    /// A source was looked at, whether its list changed or not.
    void looked(const std::string& profileId);
    void failed(const std::string& profileId, const latchkey::Error& error);
    /// Some minutes went by, or a step of a token came: time to see what is due.
    void timePassed();

private:
    struct Entry;
    void look(Entry& entry);
    void schedule(Entry& entry, std::chrono::milliseconds in);
    void ticked();
    void armStep();

    const Clock& m_clock;
    std::map<std::string, std::unique_ptr<Entry>> m_entries;
    QTimer m_tick;
    QTimer m_step;                        ///< To the next step of a token.
    QElapsedTimer m_sinceTick;            ///< Stands still while the machine sleeps; the clock does not.
    std::chrono::sys_seconds m_lastTick;
};

} // namespace latchkey::app
