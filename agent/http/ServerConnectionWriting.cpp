// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// The half of ServerConnection that answers.
#include "ServerConnection.h"

#include "ServerAnswer.h"

#include "agent/base/SecretBytes.h"

#include <boost/asio/buffer.hpp>

#include <algorithm>

namespace latchkey::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::chrono::seconds lingerTime{2};

} // namespace

void ServerConnection::answer(ServerResponse response)
{
    if (m_phase == Phase::handling)
        writeAnswer(response);
    if (response.wipe)
        base::wipe(response.body);
}

void ServerConnection::refuse(int status, std::string_view code, std::string_view message)
{
    m_keepAlive = false;
    ServerResponse response;
    if (m_owner.config().refusal) {
        response = m_owner.config().refusal(status, code, message);
    } else {
        response.status = status;
        response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
        response.body.append(message).append("\n");
    }
    writeAnswer(response);
}

void ServerConnection::refuseBusy() { refuse(503, "busy", "There are too many connections; try again later."); }

void ServerConnection::writeAnswer(ServerResponse& response)
{
    if (!isSendable(response)) {
        if (response.wipe)
            base::wipe(response.body);
        response = {500, {{"Content-Type", "text/plain; charset=utf-8"}}, "The answer could not be sent.\n"};
    }
    m_keepAlive = m_keepAlive && !m_finishing;

    const bool hasBody = mayHaveBody(response.status);
    if (hasBody && response.stream)
        m_keepAlive = false;
    const std::string head = answerHead(response, {.keepAlive = m_keepAlive, .http10 = m_http10}, m_owner.now());

    // Reserved in one piece: a string that grows leaves copies behind.
    m_out.clear();
    m_out.reserve(head.size() + response.body.size());
    m_out.append(head);
    if (hasBody && !m_isHead && response.stream) {
        m_stream = std::move(response.stream);
        m_stream->setWaker(m_owner.waker(m_id));
        if (m_finishing)
            m_stream->close();
        watchClient();
        write(0, &ServerConnection::streamOn);
        return;
    }
    if (hasBody && !m_isHead)
        m_out.append(response.body);
    m_wipeOut = response.wipe;
    if (response.wipe)
        base::wipe(response.body);
    write(0, &ServerConnection::answerWritten);
}

void ServerConnection::streamOn()
{
    m_phase = Phase::streaming;
    const std::string piece = m_stream->take();
    if (piece.empty() && !m_stream->isEnded()) {
        m_out.clear();
        allowForever();
        return;
    }
    const bool isLast = piece.empty();
    if (m_http10)
        m_out = piece;
    else
        m_out = isLast ? "0\r\n\r\n" : chunkHead(piece.size()) + piece + "\r\n";
    if (m_out.empty())
        endStream();
    else
        write(0, isLast ? &ServerConnection::endStream : &ServerConnection::streamOn);
}

void ServerConnection::streamMoved()
{
    if (m_phase == Phase::streaming)
        streamOn();
}

// As linger(); the read of watchClient() goes on meanwhile.
void ServerConnection::endStream()
{
    m_stream->setWaker({});
    m_stream.reset();
    m_phase = Phase::lingering;
    error_code error;
    m_socket.shutdown(Socket::shutdown_send, error);
    if (error)
        close();
    else
        allow(std::min<std::chrono::milliseconds>(lingerTime, m_owner.config().stopDeadline));
}

// A client has nothing more to say while it listens; that it has left shows only in reading.
void ServerConnection::watchClient()
{
    consume(input().size());
    makeRoom();
    m_socket.async_read_some(asio::buffer(m_in.data() + m_inEnd, m_in.size() - m_inEnd),
                             [this, self = shared_from_this()](const error_code& error, std::size_t count) {
                                 m_inEnd += count;
                                 if (m_phase == Phase::closed)
                                     return;
                                 if (error)
                                     close();
                                 else
                                     watchClient();
                             });
}

void ServerConnection::write(std::size_t from, Step then)
{
    m_phase = Phase::writing;
    allow(m_owner.config().stallTimeout);
    m_socket.async_write_some(asio::buffer(m_out.data() + from, m_out.size() - from),
                              [this, self = shared_from_this(), from, then](const error_code& error, std::size_t count) {
                                  if (m_phase != Phase::writing)
                                      return;
                                  if (error)
                                      close();
                                  else if (from + count < m_out.size())
                                      write(from + count, then);
                                  else
                                      (this->*then)();
                              });
}

void ServerConnection::answerWritten()
{
    if (m_wipeOut)
        base::wipe(m_out);
    m_out.clear();
    m_wipeOut = false;
    if (m_keepAlive)
        waitForRequest();
    else
        linger();
}

// RFC 9112 §9.6: closing with unread bytes would reset the connection and could take the answer with it, so half-close
// and read on for a while.
void ServerConnection::linger()
{
    m_phase = Phase::lingering;
    error_code error;
    m_socket.shutdown(Socket::shutdown_send, error);
    if (error) {
        close();
        return;
    }
    allow(std::min<std::chrono::milliseconds>(lingerTime, m_owner.config().stopDeadline));
    discard();
}

void ServerConnection::discard()
{
    consume(input().size());
    readMore(&ServerConnection::discard);
}

} // namespace latchkey::http
