// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/ClientSecret.h"
#include "agent/access/CompiledApplication.h"
#include "agent/edge/EdgeImpl.h"

#include <QByteArray>
#include <QTest>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

/// What the tests of this room share: a real edge, a real upstream, and clients on plain sockets.
namespace edgeTesting {

using namespace latchkey;
using namespace std::chrono_literals;
using access::Reason;

inline constexpr int patience = 20'000;   // milliseconds until a test gives up waiting; never reached when all is well

// --------------------------------------------------------------------------------------------------------------- sockets

/// One end of a TCP connection, blocking.
class Peer {
public:
    explicit Peer(int descriptor) : m_descriptor(descriptor) { }
    ~Peer() { close(); }
    Peer(Peer&& other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)), m_pending(std::move(other.m_pending)) { }
    Peer& operator=(Peer&&) = delete;

    static Peer connect(std::uint16_t port)
    {
        const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
            ::close(descriptor);
            return Peer(-1);
        }
        const int on = 1;
        ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return Peer(descriptor);
    }

    [[nodiscard]] bool isOpen() const { return m_descriptor >= 0; }

    bool send(std::string_view bytes)
    {
        while (!bytes.empty()) {
            const ssize_t sent = ::send(m_descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0)
                return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    /// What is there; empty at the end, after an error, or when nothing came for too long.
    std::string receiveSome()
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

    [[nodiscard]] bool waitReadable(int milliseconds) const
    {
        pollfd entry{m_descriptor, POLLIN, 0};
        return ::poll(&entry, 1, milliseconds) == 1;
    }

    /// Up to and with `end`; what came behind it is kept for the next call. Empty if the connection ended before.
    std::string receiveUntil(std::string_view end)
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

    std::string receiveExactly(std::size_t count)
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

    std::string receiveAll()
    {
        std::string bytes;
        for (std::string more = receiveSome(); !more.empty(); more = receiveSome())
            bytes += more;
        return bytes;
    }

    /// Whether the other side has ended the connection, now or soon.
    bool isEnded()
    {
        return m_pending.empty() && receiveSome().empty();
    }

    [[nodiscard]] bool wasReset() const { return m_reset; }
    void endSending() { ::shutdown(m_descriptor, SHUT_WR); }
    void reset()
    {
        const linger option{1, 0};
        ::setsockopt(m_descriptor, SOL_SOCKET, SO_LINGER, &option, sizeof option);
        close();
    }
    void close()
    {
        if (m_descriptor >= 0)
            ::close(std::exchange(m_descriptor, -1));
    }
    void shutDown() { ::shutdown(m_descriptor, SHUT_RDWR); }
    void limitReceiveBuffer(int bytes) { ::setsockopt(m_descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes); }

private:
    int m_descriptor;
    std::string m_pending;
    bool m_reset = false;
};

/// A message taken apart by a reader that shares nothing with the code under test.
struct Message {
    std::string head;   // with the empty line
    std::string body;
    bool complete = false;

    [[nodiscard]] int status() const { return head.size() > 12 ? std::atoi(head.c_str() + 9) : 0; }
    [[nodiscard]] std::string firstLine() const { return head.substr(0, head.find("\r\n")); }
    [[nodiscard]] std::vector<std::string> all(std::string_view name) const
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
    [[nodiscard]] std::string header(std::string_view name) const
    {
        const auto values = all(name);
        return values.empty() ? std::string() : values.front();
    }
    [[nodiscard]] bool has(std::string_view name) const { return !all(name).empty(); }
};

inline std::optional<std::string> readChunks(Peer& peer)
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

/// Reads one message; an answer to HEAD has no body.
inline Message readMessage(Peer& peer, bool withoutBody = false)
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

/// A small HTTP server: a thread for each connection, which `serve` handles from its first byte to its last.
class Upstream {
public:
    using Serve = std::function<void(Peer&)>;

    explicit Upstream(Serve serve = echo) : m_serve(std::move(serve))
    {
        m_listener = ::socket(AF_INET, SOCK_STREAM, 0);
        const int on = 1;
        ::setsockopt(m_listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ::bind(m_listener, reinterpret_cast<sockaddr*>(&address), sizeof address);
        socklen_t length = sizeof address;
        ::getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &length);
        m_port = ntohs(address.sin_port);
        ::listen(m_listener, 1024);
        m_thread = std::thread([this] { run(); });
    }

    ~Upstream()
    {
        ::shutdown(m_listener, SHUT_RDWR);
        m_thread.join();
        ::close(m_listener);
        {
            const std::lock_guard lock(m_mutex);
            for (const auto& peer : m_peers)
                peer->shutDown();
        }
        for (std::thread& thread : m_threads)
            thread.join();
    }

    [[nodiscard]] std::uint16_t port() const { return m_port; }
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(m_port); }
    [[nodiscard]] int connections() const { return m_connections; }

    /// Answers every request with the head it received as the body, and the body's length in a header.
    static void echo(Peer& peer)
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

    /// Reads one request for each of `answers` and sends that, then closes.
    static Serve script(std::vector<std::string> answers)
    {
        return [answers = std::move(answers)](Peer& peer) {
            for (const std::string& answer : answers) {
                if (!readMessage(peer).complete)
                    return;
                peer.send(answer);
            }
        };
    }

private:
    void run()
    {
        for (;;) {
            const int descriptor = ::accept(m_listener, nullptr, nullptr);
            if (descriptor < 0)
                return;
            const int on = 1;
            ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            ++m_connections;
            auto peer = std::make_shared<Peer>(descriptor);
            const std::lock_guard lock(m_mutex);
            m_peers.push_back(peer);
            m_threads.emplace_back([this, peer] {
                m_serve(*peer);
                peer->shutDown();
            });
        }
    }

    Serve m_serve;
    int m_listener = -1;
    std::uint16_t m_port = 0;
    std::atomic<int> m_connections = 0;
    std::mutex m_mutex;
    std::vector<std::shared_ptr<Peer>> m_peers;
    std::vector<std::thread> m_threads;
    std::thread m_thread;
};

// ------------------------------------------------------------------------------------------------------------- the world

class TestClock final : public Clock {
public:
    [[nodiscard]] std::chrono::sys_seconds now() const override { return std::chrono::sys_seconds(std::chrono::seconds(m_now.load())); }
    void advance(std::chrono::seconds by) { m_now += by.count(); }

private:
    std::atomic<std::int64_t> m_now = 1795521600;   // 2026-11-24T12:00:00Z
};

class TestLog final : public Log {
public:
    void write(Level, std::string_view, std::initializer_list<Field>) override { }
};

class TestSink final : public edge::EventSink {
public:
    void deliver(edge::EventBatch batch) override
    {
        const std::lock_guard lock(m_mutex);
        for (auto& event : batch.requests)
            m_events.push_back(std::move(event));
        for (const auto& mark : batch.seen)
            m_seen.push_back(mark);
        m_allowed += batch.allowed;
        m_refused += batch.refused;
        m_lost += batch.lost;
    }
    [[nodiscard]] std::vector<edge::RequestEvent> events() const
    {
        const std::lock_guard lock(m_mutex);
        return m_events;
    }
    [[nodiscard]] std::vector<edge::SeenMark> seen() const
    {
        const std::lock_guard lock(m_mutex);
        return m_seen;
    }
    [[nodiscard]] std::uint64_t allowed() const { const std::lock_guard lock(m_mutex); return m_allowed; }
    [[nodiscard]] std::uint64_t refused() const { const std::lock_guard lock(m_mutex); return m_refused; }
    [[nodiscard]] std::uint64_t lost() const { const std::lock_guard lock(m_mutex); return m_lost; }

private:
    mutable std::mutex m_mutex;
    std::vector<edge::RequestEvent> m_events;
    std::vector<edge::SeenMark> m_seen;
    std::uint64_t m_allowed = 0;
    std::uint64_t m_refused = 0;
    std::uint64_t m_lost = 0;
};

inline const std::shared_ptr<const jose::SigningKey>& signingKey()
{
    static const auto key = jose::SigningKey::generate(std::chrono::sys_seconds(1795500000s)).value();
    return key;
}

inline std::string uuid(int number)
{
    return QByteArray::number(number).rightJustified(8, '0').toStdString() + "-0000-4000-8000-000000000001";
}

/// A token with its secret.
struct Token {
    int number = 0;
    std::string clientId;
    std::string secret;
    access::TokenEntry entry;

    [[nodiscard]] std::string headers() const
    {
        return "CF-Access-Client-Id: " + clientId + "\r\nCF-Access-Client-Secret: " + secret + "\r\n";
    }
};

inline Token token(int number)
{
    Token made;
    made.number = number;
    made.clientId = QByteArray::number(number).rightJustified(32, 'a').toStdString() + ".access";
    made.secret = QByteArray::number(number).rightJustified(64, 'b').toStdString();
    made.entry.clientId = made.clientId;
    made.entry.id = *access::uuidBytes(uuid(number));
    made.entry.current = base::sha256(made.secret);
    return made;
}

inline access::Policy policy(access::PolicyDecision decision, std::vector<access::Rule> include, int precedence = 1)
{
    access::Policy made;
    made.id.value = uuid(9000 + precedence);
    made.name = "policy " + std::to_string(precedence);
    made.decision = decision;
    made.include = std::move(include);
    made.precedence = precedence;
    return made;
}

inline access::Policy serviceAuth(const Token& token)
{
    return policy(access::PolicyDecision::nonIdentity, {access::ServiceTokenRule{{uuid(token.number)}}});
}

inline access::Policy everyonePasses()
{
    return policy(access::PolicyDecision::bypass, {access::EveryoneRule{}}, 5);
}

inline access::Application application(int number, std::string domain, std::string upstream, std::vector<access::Policy> policies)
{
    access::Application made;
    made.id.value = uuid(100 + number);
    made.audience.value = std::string(64, static_cast<char>('0' + number % 10));
    made.name = "application " + std::to_string(number);
    made.domain = std::move(domain);
    made.upstream = std::move(upstream);
    made.policies = std::move(policies);
    return made;
}

inline const std::string issuer = "https://local.cloudflareaccess.com";

/// Tokens and applications, and the snapshot made of them.
struct State {
    std::map<int, access::TokenEntry> tokens;
    std::map<int, access::Application> applications;
    std::shared_ptr<const jose::SigningKey> key = signingKey();
    std::vector<std::array<std::uint8_t, 16>> cutOff;
    std::uint64_t revision = 0;
    access::Organization organization;

    void add(const Token& token) { tokens[token.number] = token.entry; }
    void add(int number, access::Application application) { applications[number] = std::move(application); }

    [[nodiscard]] std::shared_ptr<const edge::Snapshot> snapshot(const Clock& clock)
    {
        auto made = std::make_shared<edge::Snapshot>();
        made->revision = ++revision;
        made->issuer = issuer;
        std::vector<std::shared_ptr<const access::TokenEntry>> entries;
        for (const auto& [number, entry] : tokens)
            entries.push_back(std::make_shared<const access::TokenEntry>(entry));
        made->tokens = access::TokenMap::build(std::move(entries));
        for (const auto& [number, application] : applications)
            made->applications.push_back(access::CompiledApplication::compile(application).value());
        made->organization = std::make_shared<const access::Organization>(organization);
        made->keys.current = key;
        made->certsDocument = made->keys.certsDocument(clock.now());
        made->cutOff = std::exchange(cutOff, {});
        return made;
    }
};

/// A running edge over a State.
class World {
public:
    explicit World(State initial = {}, edge::Timings timings = {}, unsigned threads = 2) : state(std::move(initial))
    {
        timings.events = 50ms;
        edge::EdgeConfig config;
        config.port = 0;
        config.threads = threads;
        m_edge = edge::EdgeImpl::start(config, state.snapshot(clock), sink, clock, log, timings).value();
    }
    ~World() { stop(); }

    [[nodiscard]] edge::Edge& edge() { return *m_edge; }
    [[nodiscard]] std::uint16_t port() const { return m_edge->port(); }
    [[nodiscard]] Peer connect() const { return Peer::connect(port()); }
    void stop(std::chrono::milliseconds grace = 0ms) { m_edge->stop(grace); }

    /// Publishes the state as it is now and waits until it is in force.
    void publish()
    {
        std::promise<void> adopted;
        m_edge->publish(state.snapshot(clock), [&adopted] { adopted.set_value(); });
        adopted.get_future().wait();
    }

    /// One request on a connection of its own.
    [[nodiscard]] Message ask(std::string_view request) const
    {
        Peer peer = connect();
        peer.send(request);
        return readMessage(peer, request.starts_with("HEAD "));
    }

    State state;
    TestClock clock;
    TestLog log;
    TestSink sink;

private:
    std::unique_ptr<edge::Edge> m_edge;
};

/// A world with one application `app.test` in front of `upstream` that lets token 1 in.
inline State simpleState(const std::string& upstream)
{
    State state;
    state.add(token(1));
    state.add(1, application(1, "app.test", upstream, {serviceAuth(token(1))}));
    return state;
}

inline std::string get(std::string_view path, std::string_view headers = {}, std::string_view host = "app.test")
{
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n" + std::string(headers) + "\r\n";
}

inline QString text(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), qsizetype(utf8.size()));
}

} // namespace edgeTesting
