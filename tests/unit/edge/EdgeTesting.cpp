// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EdgeTesting.h"

#include "agent/access/ClientSecret.h"
#include "agent/access/CompiledApplication.h"
#include "agent/edge/EdgeImpl.h"

#include <QByteArray>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <thread>
#include <utility>

namespace edgeTesting {

// --------------------------------------------------------------------------------------------------------------- sockets

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

// ------------------------------------------------------------------------------------------------------------- the world

void TestSink::deliver(edge::EventBatch batch)
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

void TestSink::sessionEnded(const edge::EndedSession& ended, std::move_only_function<void(bool)> kept)
{
    {
        const std::lock_guard lock(m_mutex);
        m_ended.push_back(ended);
    }
    kept(keepsSessions);
}

std::vector<edge::RequestEvent> TestSink::events() const
{
    const std::lock_guard lock(m_mutex);
    return m_events;
}

std::vector<edge::SeenMark> TestSink::seen() const
{
    const std::lock_guard lock(m_mutex);
    return m_seen;
}

std::vector<edge::EndedSession> TestSink::ended() const
{
    const std::lock_guard lock(m_mutex);
    return m_ended;
}

std::uint64_t TestSink::allowed() const
{
    const std::lock_guard lock(m_mutex);
    return m_allowed;
}

std::uint64_t TestSink::refused() const
{
    const std::lock_guard lock(m_mutex);
    return m_refused;
}

std::uint64_t TestSink::lost() const
{
    const std::lock_guard lock(m_mutex);
    return m_lost;
}

const std::shared_ptr<const jose::SigningKey>& signingKey()
{
    static const auto key = jose::SigningKey::generate(std::chrono::sys_seconds(1795500000s)).value();
    return key;
}

std::string uuid(int number)
{
    return QByteArray::number(number).rightJustified(8, '0').toStdString() + "-0000-4000-8000-000000000001";
}

Token token(int number)
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

access::Policy policy(access::PolicyDecision decision, std::vector<access::Rule> include, int precedence)
{
    access::Policy made;
    made.id.value = uuid(9000 + precedence);
    made.name = "policy " + std::to_string(precedence);
    made.decision = decision;
    made.include = std::move(include);
    made.precedence = precedence;
    return made;
}

access::Policy serviceAuth(const Token& token)
{
    return policy(access::PolicyDecision::nonIdentity, {access::ServiceTokenRule{{uuid(token.number)}}});
}

access::Policy everyonePasses()
{
    return policy(access::PolicyDecision::bypass, {access::EveryoneRule{}}, 5);
}

access::Application application(int number, std::string domain, std::string upstream, std::vector<access::Policy> policies)
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

std::shared_ptr<const edge::Snapshot> State::snapshot(const Clock& clock)
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
    if (previousKey) {
        made->keys.previous = previousKey;
        made->keys.previousUntil = clock.now() + 7 * 24h;
    }
    made->faults = faults;
    made->certsDocument = made->keys.certsDocument(clock.now());
    made->cutOff = std::exchange(cutOff, {});
    return made;
}

World::World(State initial, edge::Timings timings, unsigned threads, edge::EdgeConfig config)
    : state(std::move(initial))
{
    timings.events = 50ms;
    config.port = 0;
    config.threads = threads;
    m_edge = edge::EdgeImpl::start(std::move(config), state.snapshot(clock), sink, clock, log, timings).value();
}

void World::publish()
{
    std::promise<void> adopted;
    m_edge->publish(state.snapshot(clock), [&adopted] { adopted.set_value(); });
    adopted.get_future().wait();
}

Message World::ask(std::uint16_t port, std::string_view request, const std::string& host) const
{
    Peer peer = Peer::connect(port, host);
    peer.send(request);
    return readMessage(peer, request.starts_with("HEAD "));
}

State simpleState(const std::string& upstream)
{
    State state;
    state.add(token(1));
    state.add(1, application(1, "app.test", upstream, {serviceAuth(token(1))}));
    return state;
}

std::string outsideAddress()
{
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0)
        return {};
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(first, &::freeifaddrs);
    for (const ifaddrs* each = first; each != nullptr; each = each->ifa_next) {
        if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET)
            continue;
        const auto& address = reinterpret_cast<const sockaddr_in*>(each->ifa_addr)->sin_addr;
        std::array<char, INET_ADDRSTRLEN> text{};
        if ((ntohl(address.s_addr) >> 24U) != 127 && ::inet_ntop(AF_INET, &address, text.data(), text.size()) != nullptr)
            return text.data();
    }
    return {};
}

std::string get(std::string_view path, std::string_view headers, std::string_view host)
{
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n" + std::string(headers) + "\r\n";
}

QString text(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), qsizetype(utf8.size()));
}

} // namespace edgeTesting
