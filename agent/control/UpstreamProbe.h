// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QElapsedTimer>
#include <QObject>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace latchkey::control {

/// Finds out whether upstreams take connections, several at once and without waiting for any: a TCP connection that is made
/// and closed again, nothing is sent. What was found out counts for some seconds. Lives on the control thread.
class UpstreamProbe final : public QObject {
public:
    /// Upstream (as it was asked for) → why it does not answer, in a few words; those that answer are not there.
    using Silent = std::map<std::string, std::string>;
    using Handler = std::move_only_function<void(Silent)>;

    UpstreamProbe() = default;
    ~UpstreamProbe() override;

    /// Answers later, once, at the latest after longestWait: what is not known by then counts as answering. Not at all when
    /// this object is gone.
    void ask(const std::vector<std::string>& upstreams, Handler handler);

    /// Answers everybody with what is known, and asks nobody any more.
    void stop();

    static constexpr std::chrono::milliseconds connectTimeout{1000};
    static constexpr std::chrono::milliseconds longestWait{5000};
    static constexpr std::chrono::milliseconds memory{5000};
    static constexpr int mostAtOnce = 64;

private:
    struct Target {
        std::string host;
        std::uint16_t port = 0;
        bool isUnderWay = false;
        QElapsedTimer foundOut;              ///< Invalid: not yet.
        std::optional<std::string> problem;
    };
    struct Question {
        std::map<std::string, std::string> keys;   ///< Upstream → the target's.
        std::set<std::string> open;                ///< Keys of targets that are not known yet.
        Handler handler;
    };

    void startNext();
    void start(const std::string& key);
    void found(const std::string& key, std::optional<std::string> problem);
    void answer(const std::shared_ptr<Question>& question);

    std::map<std::string, Target> m_targets;       ///< By `host:port`.
    std::deque<std::string> m_queue;
    std::vector<std::shared_ptr<Question>> m_questions;
    int m_underWay = 0;
    bool m_stopped = false;
};

} // namespace latchkey::control
