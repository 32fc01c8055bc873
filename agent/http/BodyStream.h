// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace latchkey::http {

/// The body of an answer that goes on (server-sent events): what is written waits here until the client has taken what
/// came before, so a slow client costs at most `room` bytes. Shared by who writes and the connection that sends; once the
/// connection is gone, who writes holds the last reference. Any thread.
class BodyStream {
public:
    explicit BodyStream(std::size_t room) : m_room(room) { }
    BodyStream(const BodyStream&) = delete;
    BodyStream& operator=(const BodyStream&) = delete;

    /// Takes the whole piece or, where it does not fit or the stream was closed, nothing: false.
    bool write(std::string_view piece);
    /// Ends the body after what was written.
    void close();

    // For the connection.
    void setWaker(std::function<void()> waker);   ///< Called when there is something to take or the end has come.
    [[nodiscard]] std::string take();
    [[nodiscard]] bool isEnded() const;           ///< Closed, and everything was taken.

private:
    const std::size_t m_room;
    mutable std::mutex m_mutex;
    std::string m_waiting;               ///< This and all below: guarded by m_mutex.
    std::function<void()> m_waker;
    bool m_closed = false;
};

} // namespace latchkey::http
