// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "StateFile.h"

#include <QCoreApplication>
#include <QString>

#include <map>
#include <vector>

namespace latchkey::app {

/// A small journal of what runs over many tokens, so that the start after a crash or a power cut can say what was
/// interrupted and how far it was. Written before the first step and after each; gone when the work is done. Names and
/// numbers, never a secret. GUI thread.
class InterruptedWork {
    Q_DECLARE_TR_FUNCTIONS(latchkey::app::InterruptedWork)
public:
    /// Reads what the run before left, and forgets it.
    explicit InterruptedWork(const QString& folder);
    InterruptedWork(const InterruptedWork&) = delete;

    struct Entry {
        QString title;     ///< As the dialog's: `Delete 12 tokens`.
        QString account;
        int total = 0;
        int done = 0;      ///< With whatever outcome.
        bool operator==(const Entry&) const = default;
    };
    [[nodiscard]] const std::vector<Entry>& interrupted() const { return m_interrupted; }
    void setTold() { m_interrupted.clear(); }
    /// What to tell the person; empty: nothing was interrupted.
    [[nodiscard]] QString sentence() const;

    /// Work in progress; it is done when this goes.
    class Running {
    public:
        Running(InterruptedWork& journal, Entry entry);
        ~Running();
        Running(const Running&) = delete;
        void stepDone();
        /// It ends before it is done: the next start tells it.
        void interrupt() { m_interrupted = true; }

    private:
        InterruptedWork& m_journal;
        int m_id;
        bool m_interrupted = false;
    };

private:
    void write() const;

    StateFile m_file;
    std::vector<Entry> m_interrupted;
    std::map<int, Entry> m_running;
    int m_last = 0;
};

} // namespace latchkey::app
