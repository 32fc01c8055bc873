// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ReaderThread.h"

#include "agent/base/Clock.h"
#include "agent/base/Log.h"
#include "agent/store/Backup.h"

#include <QObject>
#include <QTimer>

namespace latchkey::control {

/// Sees to it that every day on which the agent runs has a backup of the database. The copying is the reader thread's, so
/// it holds up no change. Lives on the control thread.
class BackupKeeper final : public QObject {
public:
    BackupKeeper(std::string directory, ReaderThread& reader, const Clock& clock, Log& log)
        : m_directory(std::move(directory))
        , m_reader(reader)
        , m_clock(clock)
        , m_log(log)
    {
        m_watch.setInterval(interval);
        connect(&m_watch, &QTimer::timeout, this, &BackupKeeper::look);
    }

    void begin()
    {
        m_watch.start();
        look();
    }
    void stop() { m_watch.stop(); }

    /// The clock may jump, so the day is looked at again and again.
    static constexpr std::chrono::minutes interval{10};

private:
    void look()
    {
        const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(m_clock.now()));
        m_reader.ask<void>([directory = m_directory, today](store::Reader&) { return store::backUp(directory, today); },
                           [this](const Result<void>& done) {
                               const bool failed = !done;
                               if (failed && !m_failing)
                                   m_log.write(Log::Level::warning, "the database cannot be backed up",
                                               {{"why", done.error().message}, {"detail", done.error().detail}});
                               m_failing = failed;
                           });
    }

    const std::string m_directory;
    ReaderThread& m_reader;
    const Clock& m_clock;
    Log& m_log;
    QTimer m_watch;
    bool m_failing = false;   ///< Told once.
};

} // namespace latchkey::control
