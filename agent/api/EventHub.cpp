// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EventHub.h"

#include "RequestJson.h"

#include "agent/base/Rfc3339.h"

namespace latchkey::api {

namespace {

std::string_view typeOf(control::AgentEvent::Kind kind)
{
    using Kind = control::AgentEvent::Kind;
    switch (kind) {
    case Kind::token: return "token";
    case Kind::application: return "application";
    case Kind::policy: return "policy";
    case Kind::group: return "group";
    case Kind::organization: return "organization";
    case Kind::configuration: return "configuration";
    case Kind::keys: return "keys";
    case Kind::fault: return "fault";
    case Kind::request: return "request";
    }
    return "unknown";
}

Json dataOf(const control::AgentEvent& event, std::chrono::sys_seconds now)
{
    if (event.request)
        return encodeRequest(*event.request);
    Json data = Json::object().set("action", event.action).set("at", base::formatRfc3339(now));
    if (!event.id.empty())
        data.set("id", event.id);
    if (!event.name.empty())
        data.set("name", event.name);
    return data;
}

std::string framed(std::string_view type, const Json& data)
{
    return std::string("event: ").append(type).append("\ndata: ").append(data.dump()).append("\n\n");
}

} // namespace

EventHub::EventHub()
{
    m_heartbeat.setInterval(heartbeat);
    connect(&m_heartbeat, &QTimer::timeout, this, [this] {
        forgetThoseGone();
        for (const auto& listener : m_listeners)   // One that does not fit is no event lost.
            static_cast<void>(listener.stream->write(": still here\n\n"));
    });
    m_heartbeat.start();
}

EventHub::~EventHub()
{
    endAll();
}

std::shared_ptr<http::BodyStream> EventHub::listen()
{
    forgetThoseGone();
    if (m_listeners.size() >= mostListeners)
        return nullptr;
    auto stream = std::make_shared<http::BodyStream>(roomPerListener);
    // Something at once, so that a client knows that it hears us.
    static_cast<void>(stream->write("retry: 2000\n\n"));
    m_listeners.push_back({stream, 0});
    return stream;
}

void EventHub::tell(const control::AgentEvent& event, std::chrono::sys_seconds now)
{
    ++m_lastId;
    if (!m_listeners.empty())
        send("id: " + std::to_string(m_lastId) + '\n' + framed(typeOf(event.kind), dataOf(event, now)));
}

void EventHub::send(std::string_view text)
{
    forgetThoseGone();
    for (auto& listener : m_listeners) {
        // What was lost is told together with what comes after it, or not yet.
        const auto before = listener.lost > 0 ? framed("lost", Json::object().set("count", listener.lost)) : std::string();
        if (listener.stream->write(before + std::string(text)))
            listener.lost = 0;
        else
            ++listener.lost;
    }
}

std::size_t EventHub::listeners()
{
    forgetThoseGone();
    return m_listeners.size();
}

/// The connection lets go of its stream when the client has gone.
void EventHub::forgetThoseGone()
{
    std::erase_if(m_listeners, [](const Listener& listener) { return listener.stream.use_count() == 1; });
}

void EventHub::endAll()
{
    for (auto& listener : m_listeners)
        listener.stream->close();
    m_listeners.clear();
}

} // namespace latchkey::api
