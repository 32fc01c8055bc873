// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EdgeTesting.h"

#include "agent/access/ClientSecret.h"
#include "agent/access/CompiledApplication.h"
#include "agent/edge/EdgeImpl.h"

#include <arpa/inet.h>
#include <ifaddrs.h>

#include <future>

namespace edgeTesting {

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
