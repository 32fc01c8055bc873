// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Listeners.h"

#include "agent/base/HostAndPort.h"

#include <boost/asio/ip/address.hpp>

#ifndef _WIN32
#include <sys/socket.h>
#endif

namespace latchkey::edge {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr int backlog = 4096; // the system may hold it lower

void sharePort(http::Acceptor& acceptor, boost::system::error_code& error)
{
#if defined(__linux__)
    const int on = 1;
    if (::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
        error.assign(errno, boost::system::system_category());
#else
    (void)acceptor;
    (void)error;
#endif
}

void bindFirst(http::Acceptor& acceptor, const tcp::endpoint& endpoint, boost::system::error_code& error)
{
    acceptor.open(endpoint.protocol(), error);
#ifdef _WIN32
    // There SO_REUSEADDR would let two programs share a port.
    using ExclusiveAddress = asio::detail::socket_option::boolean<SOL_SOCKET, SO_EXCLUSIVEADDRUSE>;
    if (!error)
        acceptor.set_option(ExclusiveAddress(true), error);
#else
    // Connections of an earlier run that have not timed out do not matter. Where the system picks the port it is set after that:
    // else it might pick one that another program has bound in the same moment and listens on first.
    if (!error && endpoint.port() != 0)
        acceptor.set_option(asio::socket_base::reuse_address(true), error);
#endif
    if (!error)
        acceptor.bind(endpoint, error);
#ifndef _WIN32
    if (!error)
        acceptor.set_option(asio::socket_base::reuse_address(true), error);
#endif
    if (!error)
        sharePort(acceptor, error);
    if (!error)
        acceptor.listen(backlog, error);
}

void bindSibling(http::Acceptor& acceptor, const tcp::endpoint& endpoint, boost::system::error_code& error)
{
    acceptor.open(endpoint.protocol(), error);
    if (!error)
        acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error)
        sharePort(acceptor, error);
    if (!error)
        acceptor.bind(endpoint, error);
    if (!error)
        acceptor.listen(backlog, error);
}

Error errorOf(const std::string& host, std::uint16_t port, const boost::system::error_code& error)
{
    const std::string address = base::hostAndPort(host, port);
    if (error == asio::error::address_in_use)
        return {ErrorCode::portTaken, "Another program listens on " + address + "; stop it or choose another port.", error.message()};
    if (error == asio::error::access_denied)
        return {ErrorCode::forbidden, "This user may not listen on " + address + "; choose a port above 1023.", error.message()};
    return {ErrorCode::network, "Listening on " + address + " failed: " + error.message() + '.', error.message()};
}

} // namespace

Result<std::vector<http::Acceptor>> openListeners(const std::string& host, std::uint16_t port,
                                                  const std::vector<asio::io_context*>& loops)
{
    boost::system::error_code error;
    const auto address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, error);
    if (error)
        return fail(ErrorCode::invalidArgument, "The edge listens on an IP address, and this is none: " + host + '.');

    std::vector<http::Acceptor> acceptors;
    tcp::endpoint endpoint(address, port);
    for (asio::io_context* loop : loops) {
        http::Acceptor acceptor(loop->get_executor());
        if (acceptors.empty())
            bindFirst(acceptor, endpoint, error);
        else
            bindSibling(acceptor, endpoint, error);
        if (error)
            return std::unexpected(errorOf(host, endpoint.port(), error));
        endpoint.port(acceptor.local_endpoint(error).port());
        acceptors.push_back(std::move(acceptor));
        if (!listenersBalance)
            break;
    }
    return acceptors;
}

} // namespace latchkey::edge
