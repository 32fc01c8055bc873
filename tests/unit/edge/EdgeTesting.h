// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/edge/Edge.h"
#include "agent/edge/Timings.h"

#include <QString>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the tests of this room share: a real edge, a real upstream, and clients on plain sockets. No header of the event loop
/// is included here, because parsing it costs each test more than all the rest.
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
    Peer(Peer&& other) noexcept;
    Peer& operator=(Peer&&) = delete;

    /// To 127.0.0.1, or to this machine's own address `host`.
    static Peer connect(std::uint16_t port, const std::string& host = "127.0.0.1");

    [[nodiscard]] bool isOpen() const { return m_descriptor >= 0; }
    bool send(std::string_view bytes);

    /// What is there; empty at the end, after an error, or when nothing came for too long.
    std::string receiveSome();
    [[nodiscard]] bool waitReadable(int milliseconds) const;

    /// Up to and with `end`; what came behind it is kept for the next call. Empty if the connection ended before.
    std::string receiveUntil(std::string_view end);
    std::string receiveExactly(std::size_t count);
    std::string receiveAll();

    /// Whether the other side has ended the connection, now or soon.
    bool isEnded();

    [[nodiscard]] bool wasReset() const { return m_reset; }
    void endSending();
    void reset();
    void close();
    void shutDown();
    void limitReceiveBuffer(int bytes);

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

    [[nodiscard]] int status() const;
    [[nodiscard]] std::string firstLine() const { return head.substr(0, head.find("\r\n")); }
    [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
    [[nodiscard]] std::string header(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const { return !all(name).empty(); }
};

std::optional<std::string> readChunks(Peer& peer);

/// Reads one message; an answer to HEAD has no body.
Message readMessage(Peer& peer, bool withoutBody = false);

/// A small HTTP server: a thread for each connection, which `serve` handles from its first byte to its last.
class Upstream {
public:
    using Serve = std::function<void(Peer&)>;

    explicit Upstream(Serve serve = echo);
    ~Upstream();

    [[nodiscard]] std::uint16_t port() const { return m_port; }
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(m_port); }
    [[nodiscard]] int connections() const;

    /// Answers every request with the head it received as the body, and the body's length in a header.
    static void echo(Peer& peer);
    /// Reads one request for each of `answers` and sends that, then closes.
    static Serve script(std::vector<std::string> answers);
    /// Upgrades, then sends back whatever comes, until the connection ends.
    static void echoUpgraded(Peer& peer);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
    std::uint16_t m_port = 0;
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
    void deliver(edge::EventBatch batch) override;
    void sessionEnded(const edge::EndedSession& ended, std::move_only_function<void(bool)> kept) override;

    [[nodiscard]] std::vector<edge::RequestEvent> events() const;
    [[nodiscard]] std::vector<edge::SeenMark> seen() const;
    [[nodiscard]] std::vector<edge::EndedSession> ended() const;
    [[nodiscard]] std::uint64_t allowed() const;
    [[nodiscard]] std::uint64_t refused() const;
    [[nodiscard]] std::uint64_t lost() const;

    std::atomic<bool> keepsSessions = true;   // what sessionEnded() answers

private:
    mutable std::mutex m_mutex;
    std::vector<edge::RequestEvent> m_events;
    std::vector<edge::SeenMark> m_seen;
    std::vector<edge::EndedSession> m_ended;
    std::uint64_t m_allowed = 0;
    std::uint64_t m_refused = 0;
    std::uint64_t m_lost = 0;
};

const std::shared_ptr<const jose::SigningKey>& signingKey();
std::string uuid(int number);

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

Token token(int number);
access::Policy policy(access::PolicyDecision decision, std::vector<access::Rule> include, int precedence = 1);
access::Policy serviceAuth(const Token& token);
access::Policy everyonePasses();
access::Application application(int number, std::string domain, std::string upstream, std::vector<access::Policy> policies);

inline const std::string issuer = "https://local.cloudflareaccess.com";

/// Tokens and applications, and the snapshot made of them.
struct State {
    std::map<int, access::TokenEntry> tokens;
    std::map<int, access::Application> applications;
    std::map<std::string, access::Faults> faults;
    std::shared_ptr<const jose::SigningKey> key = signingKey();
    std::shared_ptr<const jose::SigningKey> previousKey;
    std::vector<std::array<std::uint8_t, 16>> cutOff;
    std::uint64_t revision = 0;
    access::Organization organization;

    void add(const Token& token) { tokens[token.number] = token.entry; }
    void add(int number, access::Application application) { applications[number] = std::move(application); }

    [[nodiscard]] std::shared_ptr<const edge::Snapshot> snapshot(const Clock& clock);
};

/// A running edge over a State.
class World {
public:
    explicit World(State initial = {}, edge::Timings timings = {}, unsigned threads = 2, edge::EdgeConfig config = {});
    ~World() { stop(); }

    [[nodiscard]] edge::Edge& edge() { return *m_edge; }
    [[nodiscard]] std::uint16_t port() const { return m_edge->port(); }
    [[nodiscard]] Peer connect() const { return Peer::connect(port()); }
    void stop(std::chrono::milliseconds grace = 0ms) { m_edge->stop(grace); }

    /// Publishes the state as it is now and waits until it is in force.
    void publish();

    /// One request on a connection of its own.
    [[nodiscard]] Message ask(std::string_view request) const { return ask(port(), request); }
    [[nodiscard]] Message ask(std::uint16_t port, std::string_view request, const std::string& host = "127.0.0.1") const;

    State state;
    TestClock clock;
    TestLog log;
    TestSink sink;

private:
    std::unique_ptr<edge::Edge> m_edge;
};

/// A world with one application `app.test` in front of `upstream` that lets token 1 in.
State simpleState(const std::string& upstream);

/// An address of this machine that is not loopback, or empty: there is none.
std::string outsideAddress();

std::string get(std::string_view path, std::string_view headers = {}, std::string_view host = "app.test");
QString text(std::string_view utf8);

} // namespace edgeTesting
