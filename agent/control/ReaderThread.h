// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Commands.h"
#include "Post.h"

#include <QObject>
#include <QThread>

#include <functional>
#include <memory>
#include <string>

namespace latchkey::control {

/// Lists and single objects, read on a thread of their own over a read-only connection, so that a long list holds up no
/// change. A query sees every change that was answered before it was asked. Lives on the control thread.
class ReaderThread final : public QObject {
public:
    explicit ReaderThread(std::string directory);
    ~ReaderThread() override;

    template <typename T>
    using Query = std::move_only_function<Result<T>(store::Reader&)>;

    /// `query` runs on the reader's thread; the answer comes on the control thread, in a later turn.
    template <typename T>
    void ask(Query<T> query, Answer<T> answer)
    {
        if (m_stopped) {
            post(this, [answer = std::move(answer)]() mutable {
                answer(fail(ErrorCode::cancelled, "The agent is stopping."));
            });
            return;
        }
        post(&m_worker, [this, query = std::move(query), answer = std::move(answer)]() mutable {
            Result<T> result = run(query);
            post(this, [result = std::move(result), answer = std::move(answer)]() mutable { answer(std::move(result)); });
        });
    }

    /// Answers what was asked and ends the thread.
    void stop();

private:
    template <typename T>
    Result<T> run(Query<T>& query)
    {
        if (auto opened = open(); !opened)
            return std::unexpected(opened.error());
        return query(*m_reader);
    }
    Result<void> open();

    const std::string m_directory;
    QThread m_thread;
    QObject m_worker;                         ///< Lives on m_thread.
    std::unique_ptr<store::Reader> m_reader;  ///< Made, used and closed on m_thread.
    bool m_stopped = false;
};

} // namespace latchkey::control
