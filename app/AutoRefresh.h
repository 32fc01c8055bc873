// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "RefreshRules.h"
#include "StateFile.h"
#include "Watcher.h"

#include <QObject>

#include <deque>

namespace latchkey::app {

/// Carries out the rules after each look at a profile, so that it works on what is true now: one token at a time, a line in
/// the log for each, a failure told once and tried again some hours later. GUI thread; the watcher outlives it.
class AutoRefresh final : public QObject {
    Q_OBJECT
public:
    AutoRefresh(Watcher& watcher, const Clock& clock, const QString& folder, QObject* parent = nullptr);

    [[nodiscard]] const std::vector<ui::RefreshRule>& rules() const { return m_rules; }
    [[nodiscard]] Result<void> setRules(std::vector<ui::RefreshRule> rules);
    /// What this rule would do now, and how many tokens it means at any time; on or not.
    struct DryRun {
        std::vector<PlannedRefresh> now;
        int meant = 0;
    };
    [[nodiscard]] DryRun dryRun(const ui::RefreshRule& rule) const;

    struct LogLine {
        std::chrono::sys_seconds at;
        WatchedToken token;
        QString name;
        QString error;   ///< Empty: it was refreshed,
        std::optional<std::chrono::sys_seconds> end;   ///< and ends then.
        bool operator==(const LogLine&) const = default;
    };
    [[nodiscard]] const std::deque<LogLine>& log() const { return m_log; }   ///< Newest first.

    static constexpr std::size_t longestLog = 500;
    static constexpr std::chrono::seconds retryAfter{6 * 3600};

Q_SIGNALS:
    void refreshed(const latchkey::access::ServiceToken& token);
    void failed(const latchkey::app::WatchedToken& token, const QString& name, const QString& reason);
    void logChanged();

private:
    void consider(const std::string& profileId);
    void runNext();
    void done(const PlannedRefresh& planned, const Result<access::ServiceToken>& result);
    void saveLog();
    void loadLog();

    struct Failure {
        std::chrono::sys_seconds end;   ///< Of the token: with another one it is another matter.
        std::chrono::sys_seconds at;
    };

    Watcher& m_watcher;
    const Clock& m_clock;
    StateFile m_rulesFile;
    StateFile m_logFile;
    std::vector<ui::RefreshRule> m_rules;
    std::deque<LogLine> m_log;
    std::map<WatchedToken, Failure> m_failures;
    std::deque<PlannedRefresh> m_queue;
    bool m_running = false;
};

} // namespace latchkey::app
