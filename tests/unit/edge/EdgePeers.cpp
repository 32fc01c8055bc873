// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EdgeTesting.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>
#include <utility>

namespace edgeTesting {

Peer::Peer(Peer&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1))
    , m_pending(std::move(other.m_pending))
{
}

Peer Peer::connect(std::uint16_t port, const std::string& host)
{
    const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
    if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        ::close(descriptor);
        return Peer(-1);
    }
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return Peer(descriptor);
}

bool Peer::send(std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t sent = ::send(m_descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

std::string Peer::receiveSome()
{
    if (!m_pending.empty())
        return std::exchange(m_pending, {});
    if (!waitReadable(patience))
        return {};
    std::string bytes(65536, '\0');
    const ssize_t count = ::recv(m_descriptor, bytes.data(), bytes.size(), 0);
    m_reset = count < 0;
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return bytes;
}

bool Peer::waitReadable(int milliseconds) const
{
    pollfd entry{m_descriptor, POLLIN, 0};
    return ::poll(&entry, 1, milliseconds) == 1;
}

std::string Peer::receiveUntil(std::string_view end)
{
    std::string bytes;
    for (;;) {
        const std::size_t found = bytes.find(end);
        if (found != std::string::npos) {
            m_pending = bytes.substr(found + end.size()) + m_pending;
            bytes.resize(found + end.size());
            return bytes;
        }
        const std::string more = receiveSome();
        if (more.empty())
            return {};
        bytes += more;
    }
}

std::string Peer::receiveExactly(std::size_t count)
{
    std::string bytes;
    while (bytes.size() < count) {
        const std::string more = receiveSome();
        if (more.empty())
            break;
        bytes += more;
    }
    if (bytes.size() > count) {
        m_pending = bytes.substr(count) + m_pending;
        bytes.resize(count);
    }
    return bytes;
}

std::string Peer::receiveAll()
{
    std::string bytes;
    for (std::string more = receiveSome(); !more.empty(); more = receiveSome())
        bytes += more;
    return bytes;
}

bool Peer::isEnded()
{
    return m_pending.empty() && receiveSome().empty();
}

void Peer::endSending()
{
    ::shutdown(m_descriptor, SHUT_WR);
}

void Peer::reset()
{
    const linger option{1, 0};
    ::setsockopt(m_descriptor, SOL_SOCKET, SO_LINGER, &option, sizeof option);
    close();
}

void Peer::close()
{
    if (m_descriptor >= 0)
        ::close(std::exchange(m_descriptor, -1));
}

void Peer::shutDown()
{
    ::shutdown(m_descriptor, SHUT_RDWR);
}

void Peer::limitReceiveBuffer(int bytes)
{
    ::setsockopt(m_descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

int Message::status() const
{
    return head.size() > 12 ? std::atoi(head.c_str() + 9) : 0;
}

std::vector<std::string> Message::all(std::string_view name) const
{
    std::vector<std::string> values;
    std::size_t at = head.find("\r\n");
    while (at != std::string::npos && at + 2 < head.size()) {
        const std::size_t end = head.find("\r\n", at + 2);
        const std::string line = head.substr(at + 2, end - at - 2);
        const std::size_t colon = line.find(':');
        if (colon == name.size() && QByteArray::fromStdString(line.substr(0, colon)).toLower()
                                        == QByteArray(name.data(), qsizetype(name.size())).toLower()) {
            const std::size_t begin = line.find_first_not_of(' ', colon + 1);
            values.push_back(begin == std::string::npos ? std::string() : line.substr(begin));
        }
        at = end;
    }
    return values;
}

std::string Message::header(std::string_view name) const
{
    const auto values = all(name);
    return values.empty() ? std::string() : values.front();
}

std::optional<std::string> readChunks(Peer& peer)
{
    std::string content;
    for (;;) {
        const std::string line = peer.receiveUntil("\r\n");
        if (line.empty())
            return std::nullopt;
        const std::size_t size = std::stoul(line, nullptr, 16);
        if (size == 0)
            break;
        const std::string data = peer.receiveExactly(size + 2);
        if (data.size() != size + 2)
            return std::nullopt;
        content += data.substr(0, size);
    }
    while (true) {
        const std::string line = peer.receiveUntil("\r\n");
        if (line.empty())
            return std::nullopt;
        if (line == "\r\n")
            return content;
    }
}

Message readMessage(Peer& peer, bool withoutBody)
{
    Message message;
    message.head = peer.receiveUntil("\r\n\r\n");
    if (message.head.empty())
        return message;
    const bool isAnswer = message.head.starts_with("HTTP/");
    const int status = isAnswer ? message.status() : 0;
    if (withoutBody || (isAnswer && (status < 200 || status == 204 || status == 304))) {
        message.complete = true;
    } else if (message.header("Transfer-Encoding") == "chunked") {
        const auto content = readChunks(peer);
        message.complete = content.has_value();
        message.body = content.value_or(std::string());
    } else if (message.has("Content-Length")) {
        const std::size_t length = std::stoul(message.header("Content-Length"));
        message.body = peer.receiveExactly(length);
        message.complete = message.body.size() == length;
    } else if (isAnswer) {
        message.body = peer.receiveAll();
        message.complete = !peer.wasReset();
    } else {
        message.complete = true;
    }
    return message;
}

struct Upstream::Impl {
    void run();

    Serve serve;
    int listener = -1;
    std::atomic<int> connections = 0;
    std::mutex mutex;
    std::vector<std::shared_ptr<Peer>> peers;
    std::vector<std::thread> threads;
    std::thread thread;
};

Upstream::Upstream(Serve serve)
    : m_impl(std::make_unique<Impl>())
{
    m_impl->serve = std::move(serve);
    m_impl->listener = ::socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    ::setsockopt(m_impl->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(m_impl->listener, reinterpret_cast<sockaddr*>(&address), sizeof address);
    socklen_t length = sizeof address;
    ::getsockname(m_impl->listener, reinterpret_cast<sockaddr*>(&address), &length);
    m_port = ntohs(address.sin_port);
    ::listen(m_impl->listener, 1024);
    m_impl->thread = std::thread([impl = m_impl.get()] { impl->run(); });
}

Upstream::~Upstream()
{
    ::shutdown(m_impl->listener, SHUT_RDWR);
    m_impl->thread.join();
    ::close(m_impl->listener);
    {
        const std::lock_guard lock(m_impl->mutex);
        for (const auto& peer : m_impl->peers)
            peer->shutDown();
    }
    for (std::thread& thread : m_impl->threads)
        thread.join();
}

int Upstream::connections() const
{
    return m_impl->connections;
}

void Upstream::echo(Peer& peer)
{
    for (;;) {
        const Message request = readMessage(peer);
        if (!request.complete)
            return;
        const bool isHead = request.head.starts_with("HEAD ");
        peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Body-Length: " + std::to_string(request.body.size())
                  + "\r\nConnection: keep-alive\r\nContent-Length: " + std::to_string(request.head.size()) + "\r\n\r\n"
                  + (isHead ? std::string() : request.head));
    }
}

Upstream::Serve Upstream::script(std::vector<std::string> answers)
{
    return [answers = std::move(answers)](Peer& peer) {
        for (const std::string& answer : answers) {
            if (!readMessage(peer).complete)
                return;
            peer.send(answer);
        }
    };
}

void Upstream::echoUpgraded(Peer& peer)
{
    if (!readMessage(peer).complete)
        return;
    peer.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    for (std::string more = peer.receiveSome(); !more.empty(); more = peer.receiveSome())
        peer.send(more);
}

void Upstream::Impl::run()
{
    for (;;) {
        const int descriptor = ::accept(listener, nullptr, nullptr);
        if (descriptor < 0)
            return;
        const int on = 1;
        ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        ++connections;
        auto peer = std::make_shared<Peer>(descriptor);
        const std::lock_guard lock(mutex);
        peers.push_back(peer);
        threads.emplace_back([this, peer] {
            serve(*peer);
            peer->shutDown();
        });
    }
}

} // namespace edgeTesting
