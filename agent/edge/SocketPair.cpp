// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SocketPair.h"

#ifndef _WIN32
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#endif

namespace latchkey::edge {

namespace asio = boost::asio;
using asio::ip::tcp;

#ifdef _WIN32

std::pair<http::Socket, http::Socket> makeSocketPair(asio::io_context& first, asio::io_context& second,
                                                     boost::system::error_code& error)
{
    std::pair<http::Socket, http::Socket> pair{http::Socket(first.get_executor()), http::Socket(second.get_executor())};
    http::Acceptor acceptor(first.get_executor());
    const tcp::endpoint any(asio::ip::address_v4::loopback(), 0);
    acceptor.open(any.protocol(), error);
    if (!error)
        acceptor.bind(any, error);
    if (!error)
        acceptor.listen(1, error);
    if (!error)
        pair.first.connect(acceptor.local_endpoint(error), error);
    // Another program may have been quicker to connect: its connection is dropped.
    while (!error) {
        tcp::endpoint peer;
        http::Socket accepted(second.get_executor());
        acceptor.accept(accepted, peer, error);
        if (!error && peer == pair.first.local_endpoint(error)) {
            pair.second = std::move(accepted);
            break;
        }
    }
    return pair;
}

#else

std::pair<http::Socket, http::Socket> makeSocketPair(asio::io_context& first, asio::io_context& second,
                                                     boost::system::error_code& error)
{
    std::pair<http::Socket, http::Socket> pair{http::Socket(first.get_executor()), http::Socket(second.get_executor())};
    int ends[2] = {-1, -1};
#ifdef __linux__
    const int made = ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
#else
    const int made = ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
#endif
    if (made != 0) {
        error.assign(errno, boost::system::system_category());
        return pair;
    }
#ifndef __linux__
    for (const int end : ends)
        ::fcntl(end, F_SETFD, FD_CLOEXEC);
#endif
    // The protocol is told to Asio only for its own books; nothing on the way asks for an address.
    pair.first.assign(tcp::v4(), ends[0], error);
    if (error)
        ::close(ends[0]);
    boost::system::error_code other;
    pair.second.assign(tcp::v4(), ends[1], other);
    if (other) {
        ::close(ends[1]);
        error = other;
    }
    return pair;
}

#endif

} // namespace latchkey::edge
