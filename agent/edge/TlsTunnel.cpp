// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TlsTunnel.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <openssl/err.h>

#include <utility>

namespace latchkey::edge {

namespace asio = boost::asio;

namespace {

bool isWouldBlock(const boost::system::error_code& error)
{
    return error == asio::error::would_block || error == asio::error::try_again;
}

} // namespace

TlsTunnel::TlsTunnel(asio::io_context& io, http::Socket client, SslPtr tls, const Timings& timings, OpenPlain openPlain,
                     Ended ended)
    : m_deadline(io)
    , m_client(std::move(client))
    , m_plain(io.get_executor())
    , m_tls(std::move(tls))
    , m_timings(timings)
    , m_openPlain(std::move(openPlain))
    , m_ended(std::move(ended))
{
}

void TlsTunnel::start()
{
    boost::system::error_code ignored;
    m_client.non_blocking(true, ignored);
    m_client.set_option(asio::ip::tcp::no_delay(true), ignored);
    setDeadline(m_timings.handshake);
    advance();
}

void TlsTunnel::finish()
{
    m_finishing = true;
    if (!m_established)
        close();
    else
        advance();
}

void TlsTunnel::close()
{
    if (std::exchange(m_closed, true))
        return;
    boost::system::error_code ignored;
    m_deadline.cancel();
    m_client.close(ignored);
    m_plain.close(ignored);
    m_ended(shared_from_this());
}

void TlsTunnel::setDeadline(std::chrono::milliseconds time)
{
    m_deadline.expires_after(time);
    m_deadline.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (!error)
            self->close();
    });
}

/// Moves what can be moved, then waits for what is missing.
void TlsTunnel::advance()
{
    if (m_closed)
        return;
    m_clientWantsRead = m_clientWantsWrite = m_plainWantsRead = m_plainWantsWrite = false;
    if (!m_established && !shakeHands()) {
        if (!m_closed) {
            awaitRead(m_client, m_clientArmed);
            awaitWrite(m_client, m_clientArmed);
        }
        return;
    }
    int rounds = 0;
    while (!m_closed && round()) {
        if (++rounds == roundsInARow) { // others wait too
            asio::post(m_client.get_executor(), [self = shared_from_this()] { self->advance(); });
            return;
        }
    }
    if (m_closed)
        return;
    if (isDone())
        return close();
    m_up.releaseIfEmpty();
    m_down.releaseIfEmpty();
    awaitRead(m_client, m_clientArmed);
    awaitWrite(m_client, m_clientArmed);
    awaitRead(m_plain, m_plainArmed);
    awaitWrite(m_plain, m_plainArmed);
}

bool TlsTunnel::shakeHands()
{
    ERR_clear_error();
    const int result = SSL_do_handshake(m_tls.get());
    if (result != 1) {
        wants(result);
        if (!m_clientWantsRead && !m_clientWantsWrite)
            close();
        return false;
    }
    m_plain = m_openPlain(*m_tls);
    if (!m_plain.is_open()) {
        close();
        return false;
    }
    boost::system::error_code ignored;
    m_plain.non_blocking(true, ignored);
    m_deadline.cancel();
    m_established = true;
    return true;
}

/// What an SSL call that moved nothing waits for; nothing: it failed.
void TlsTunnel::wants(int result)
{
    switch (SSL_get_error(m_tls.get(), result)) {
    case SSL_ERROR_WANT_READ: m_clientWantsRead = true; break;
    case SSL_ERROR_WANT_WRITE: m_clientWantsWrite = true; break;
    default: break;
    }
}

bool TlsTunnel::round()
{
    m_clientWantsRead = m_clientWantsWrite = m_plainWantsRead = m_plainWantsWrite = false;
    bool moved = readClient();
    moved = writePlain() || moved;
    moved = readPlain() || moved;
    moved = writeClient() || moved;
    return sayEnd() || moved;
}

bool TlsTunnel::readClient()
{
    if (m_clientEnded || !m_up.isEmpty())
        return false;
    ERR_clear_error();
    const std::span<char> room = m_up.room();
    const int count = SSL_read(m_tls.get(), room.data(), static_cast<int>(room.size()));
    if (count > 0) {
        m_up.filled(static_cast<std::size_t>(count));
        if (m_plainTakesNothing)
            m_up.drop();
        return true;
    }
    const bool wanted = m_clientWantsRead || m_clientWantsWrite;
    wants(count);
    if (!wanted && !m_clientWantsRead && !m_clientWantsWrite) {
        // close_notify, or an end without one: many clients just close, and HTTP's own framing tells what is whole.
        m_clientEnded = true;
        return true;
    }
    return false;
}

bool TlsTunnel::writePlain()
{
    if (m_up.isEmpty())
        return false;
    boost::system::error_code error;
    const std::span<const char> waiting = m_up.waiting();
    const std::size_t count = m_plain.send(asio::buffer(waiting.data(), waiting.size()), 0, error);
    if (!error) {
        m_up.took(count);
        return true;
    }
    if (isWouldBlock(error)) {
        m_plainWantsWrite = true;
        return false;
    }
    m_plainTakesNothing = true; // what the client still sends is read and dropped, so that it gets to its answer
    m_up.drop();
    return true;
}

bool TlsTunnel::readPlain()
{
    if (m_plainEnded || !m_down.isEmpty())
        return false;
    boost::system::error_code error;
    const std::span<char> room = m_down.room();
    const std::size_t count = m_plain.receive(asio::buffer(room.data(), room.size()), 0, error);
    if (!error) {
        m_down.filled(count);
        return true;
    }
    if (isWouldBlock(error)) {
        m_plainWantsRead = true;
        return false;
    }
    m_plainEnded = true;
    setDeadline(m_timings.drain);
    return true;
}

bool TlsTunnel::writeClient()
{
    if (m_down.isEmpty())
        return false;
    ERR_clear_error();
    const std::span<const char> waiting = m_down.waiting();
    const int count = SSL_write(m_tls.get(), waiting.data(), static_cast<int>(waiting.size()));
    if (count > 0) {
        m_down.took(static_cast<std::size_t>(count));
        return true;
    }
    switch (SSL_get_error(m_tls.get(), count)) {
    case SSL_ERROR_WANT_READ: m_clientWantsRead = true; return false;
    case SSL_ERROR_WANT_WRITE: m_clientWantsWrite = true; return false;
    default: close(); return false;
    }
}

/// Passes ends on.
bool TlsTunnel::sayEnd()
{
    if (m_closed)
        return false;
    bool said = false;
    if (m_clientEnded && m_up.isEmpty() && !std::exchange(m_toldPlain, true)) {
        boost::system::error_code ignored;
        m_plain.shutdown(http::Socket::shutdown_send, ignored);
        said = true;
    }
    if (m_plainEnded && m_down.isEmpty() && !m_toldClient) {
        ERR_clear_error();
        const int result = SSL_shutdown(m_tls.get());
        if (result < 0 && SSL_get_error(m_tls.get(), result) == SSL_ERROR_WANT_WRITE) {
            m_clientWantsWrite = true;
            return said;
        }
        boost::system::error_code ignored;
        m_client.shutdown(http::Socket::shutdown_send, ignored);
        m_toldClient = true;
        setDeadline(m_timings.linger);
        said = true;
    }
    return said;
}

bool TlsTunnel::isDone() const
{
    return m_toldClient && (m_clientEnded || m_finishing);
}

void TlsTunnel::awaitRead(http::Socket& socket, Armed& armed)
{
    const bool wanted = &socket == &m_client ? m_clientWantsRead : m_plainWantsRead;
    if (!wanted || std::exchange(armed.read, true))
        return;
    socket.async_wait(http::Socket::wait_read, [self = shared_from_this(), &armed](const boost::system::error_code&) {
        armed.read = false;
        self->advance();
    });
}

void TlsTunnel::awaitWrite(http::Socket& socket, Armed& armed)
{
    const bool wanted = &socket == &m_client ? m_clientWantsWrite : m_plainWantsWrite;
    if (!wanted || std::exchange(armed.write, true))
        return;
    socket.async_wait(http::Socket::wait_write, [self = shared_from_this(), &armed](const boost::system::error_code&) {
        armed.write = false;
        self->advance();
    });
}

} // namespace latchkey::edge
