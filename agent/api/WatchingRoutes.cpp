// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Ways to watch the agent: events as they happen, and figures for Prometheus. Their labels are few and fixed: none is a
// token, an application or a path.
// Source: prometheus.io, "Text-based format", version 0.0.4.
#include "EventHub.h"
#include "Route.h"

#include <algorithm>

namespace latchkey::api {

namespace watchingCalls {

class Figures {
public:
    void add(std::string_view name, std::string_view type, std::string_view help)
    {
        m_text.append("# HELP ").append(name).append(" ").append(help).append("\n");
        m_text.append("# TYPE ").append(name).append(" ").append(type).append("\n");
    }
    void value(std::string_view name, std::string_view labels, std::uint64_t value)
    {
        m_text.append(name);
        if (!labels.empty())
            m_text.append("{").append(labels).append("}");
        m_text.append(" ").append(std::to_string(value)).append("\n");
    }
    void gauge(std::string_view name, std::string_view help, std::uint64_t number)
    {
        add(name, "gauge", help);
        value(name, {}, number);
    }
    std::string take() { return std::move(m_text); }

private:
    std::string m_text;
};

std::uint64_t seconds(std::chrono::sys_seconds time)
{
    return static_cast<std::uint64_t>(std::max<std::int64_t>(time.time_since_epoch().count(), 0));
}

void metrics(RouteCall call, ReplyHandler reply)
{
    const auto status = call.commands.status();
    const auto rotation = call.commands.keyRotation();
    Figures figures;
    figures.add("latchkey_requests_total", "counter", "Requests to protected applications by outcome since the start.");
    figures.value("latchkey_requests_total", R"(outcome="allowed")", status.requestsAllowed);
    figures.value("latchkey_requests_total", R"(outcome="refused")", status.requestsRefused);
    figures.add("latchkey_events_lost_total", "counter", "Requests that the log missed because too many came at once.");
    figures.value("latchkey_events_lost_total", {}, status.eventsLost);
    figures.gauge("latchkey_service_tokens", "Service tokens there are.", status.tokens);
    figures.gauge("latchkey_applications", "Applications there are.", status.applications);
    figures.gauge("latchkey_applications_degraded", "Applications out of service.", status.degraded.size());
    figures.gauge("latchkey_event_listeners", "Clients that listen to events.", call.events->listeners());
    figures.gauge("latchkey_start_time_seconds", "When the agent was started, Unix time.", seconds(status.startedAt));
    figures.gauge("latchkey_signing_key_rotation_time_seconds", "When the signing key was made, Unix time.", seconds(rotation.lastAt));
    figures.gauge("latchkey_signing_key_rotation_due_time_seconds", "When the signing key is due for rotation, Unix time.",
                  seconds(rotation.lastAt + std::chrono::days(rotation.intervalDays)));
    figures.add("latchkey_build_info", "gauge", "The version that runs.");
    figures.value("latchkey_build_info", "version=\"" + status.version + '"', 1);

    Reply answer{.status = 200, .body = figures.take(), .allow = {}};
    answer.contentType = "text/plain; version=0.0.4; charset=utf-8";
    reply(std::move(answer));
}

void events(RouteCall call, ReplyHandler reply)
{
    auto stream = call.events->listen();
    if (!stream)
        return reply(failure(503, 10001, "Too many clients listen to events already; close one of them."));
    Reply answer{.status = 200, .body = {}, .allow = {}};
    answer.contentType = "text/event-stream";
    answer.stream = std::move(stream);
    reply(std::move(answer));
}

constexpr Route kRoutes[] = {
    {"GET", "/latchkey/v1/events", events},
    {"GET", "/latchkey/v1/metrics", metrics},
};

} // namespace watchingCalls

std::span<const Route> watchingRoutes()
{
    return watchingCalls::kRoutes;
}

} // namespace latchkey::api
