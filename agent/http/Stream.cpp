// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Stream.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

namespace latchkey::http {

namespace asio = boost::asio;
using Status = IoResult::Status;

namespace {

bool isWouldBlock(const boost::system::error_code& error)
{
    return error == asio::error::would_block || error == asio::error::try_again;
}

} // namespace

Stream::Stream(asio::io_context& io)
    : m_socket(io.get_executor())
{
}

Stream::Stream(Socket connected)
    : m_socket(std::move(connected))
    , m_readable(true)
    , m_writable(true)
{
    prepare();
}

void Stream::prepare()
{
    boost::system::error_code ignored;
    m_socket.non_blocking(true, ignored);
    // Messages are sent whole, so Nagle's algorithm could only delay them.
    m_socket.set_option(asio::ip::tcp::no_delay(true), ignored);
}

IoResult Stream::receive(char* into, std::size_t size)
{
    if (!m_readable)
        return {};
    boost::system::error_code error;
    const std::size_t count = m_socket.receive(asio::buffer(into, size), 0, error);
    if (!error) {
        // The kernel gave all it had; arming looks again, so nothing that came since is missed.
        if (count < size)
            m_readable = false;
        return {Status::done, count};
    }
    if (isWouldBlock(error)) {
        m_readable = false;
        return {};
    }
    return {error == asio::error::eof ? Status::closed : Status::failed};
}

IoResult Stream::send(const char* bytes, std::size_t size)
{
    if (!m_writable)
        return {};
    boost::system::error_code error;
    const std::size_t count = m_socket.send(asio::buffer(bytes, size), 0, error);
    if (!error) {
        if (count < size)
            m_writable = false;
        return {Status::done, count};
    }
    if (isWouldBlock(error)) {
        m_writable = false;
        return {};
    }
    return {Status::failed};
}

void Stream::armRead()
{
    if (m_readArmed)
        return;
    m_readArmed = true;
    m_socket.async_wait(Socket::wait_read, Handler{this, &m_readMemory, &Stream::becameReadable});
}

void Stream::armWrite()
{
    if (m_writeArmed)
        return;
    m_writeArmed = true;
    m_socket.async_wait(Socket::wait_write, Handler{this, &m_writeMemory, &Stream::becameWritable});
}

bool Stream::isQuiet()
{
    if (m_readable)
        return false;
    char byte = 0;
    boost::system::error_code error;
    m_socket.receive(asio::buffer(&byte, 1), Socket::message_peek, error);
    return isWouldBlock(error);
}

void Stream::connect(const asio::ip::tcp::endpoint& endpoint)
{
    m_connecting = true;
    m_connectError = {};
    boost::system::error_code error;
    m_socket.open(endpoint.protocol(), error);
    if (!error)
        prepare();
    // With a socket that could not be opened Asio reports the error the same way.
    m_socket.async_connect(endpoint, Handler{this, &m_readMemory, &Stream::connected});
}

void Stream::endSending()
{
    boost::system::error_code ignored;
    m_socket.shutdown(Socket::shutdown_send, ignored);
}

void Stream::keepAlive()
{
    boost::system::error_code ignored;
    m_socket.set_option(asio::socket_base::keep_alive(true), ignored);
}

void Stream::close()
{
    boost::system::error_code ignored;
    m_socket.close(ignored);
    m_readable = m_writable = false;
}

void Stream::abort()
{
    boost::system::error_code ignored;
    m_socket.set_option(asio::socket_base::linger(true, 0), ignored);
    close();
}

void Stream::becameReadable(const boost::system::error_code& error)
{
    m_readArmed = false;
    // An error shows at the next receive(), which knows it better.
    if (error != asio::error::operation_aborted)
        m_readable = true;
    tellWaker();
}

void Stream::becameWritable(const boost::system::error_code& error)
{
    m_writeArmed = false;
    if (error != asio::error::operation_aborted)
        m_writable = true;
    tellWaker();
}

void Stream::connected(const boost::system::error_code& error)
{
    m_connecting = false;
    m_connectError = error;
    if (!error && connectedToItself())
        m_connectError = asio::error::connection_refused;
    m_writable = !m_connectError;
    tellWaker();
}

// On one machine a port of the ephemeral range on which nobody listens can be connected to by taking that very port.
bool Stream::connectedToItself() const
{
    boost::system::error_code error;
    const auto local = m_socket.local_endpoint(error);
    return !error && local == m_socket.remote_endpoint(error);
}

void Stream::tellWaker()
{
    if (m_waker != nullptr)
        m_waker->wake();
}

} // namespace latchkey::http
