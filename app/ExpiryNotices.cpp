// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ExpiryNotices.h"

#include <QJsonArray>

#include <algorithm>
#include <array>
#include <set>

namespace latchkey::app {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::sys_seconds;

namespace {

struct StepLength {
    ExpiryStep step;
    std::chrono::seconds before;
    const char* name;
};

constexpr std::array<StepLength, 4> steps{{{ExpiryStep::month, days(30), "month"},
                                           {ExpiryStep::week, days(7), "week"},
                                           {ExpiryStep::day, days(1), "day"},
                                           {ExpiryStep::ended, 0s, "ended"}}};

constexpr std::chrono::seconds believableStep = days(1);
constexpr std::chrono::seconds notNewsAfter = days(7);   // ends that were there before we first looked
constexpr std::chrono::seconds clockSlack = 1h;
constexpr sys_seconds writtenAt{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};   // no clock before it is right

std::chrono::seconds lifetimeOf(const access::ServiceToken& token)
{
    if (const auto length = token.duration.length())
        return std::chrono::duration_cast<std::chrono::seconds>(*length);
    return *token.expiresAt - token.createdAt;
}

bool counts(const StepLength& step, const access::ServiceToken& token)
{
    return step.step == ExpiryStep::ended || step.before < lifetimeOf(token);
}

QString textOf(sys_seconds at)
{
    return QString::number(at.time_since_epoch().count());
}

std::optional<sys_seconds> momentFrom(const QJsonValue& value)
{
    bool isNumber = false;
    const qint64 seconds = value.toString().toLongLong(&isNumber);
    return isNumber ? std::optional(sys_seconds(std::chrono::seconds(seconds))) : std::nullopt;
}

} // namespace

ExpiryStep expiryStepAt(const access::ServiceToken& token, sys_seconds now)
{
    if (!token.enabled || !token.expiresAt)
        return ExpiryStep::none;
    ExpiryStep reached = ExpiryStep::none;
    for (const StepLength& step : steps) {
        if (counts(step, token) && *token.expiresAt - now <= step.before)
            reached = step.step;
    }
    return reached;
}

std::vector<ExpiryNotice> ExpiryNotices::due(std::span<const WatchedList> lists, sys_seconds now)
{
    const auto last = std::exchange(m_lastLook, now);
    m_settling = last && (now - *last > believableStep || *last - now > clockSlack);
    if (now < writtenAt || m_settling)
        return {};

    // Told by a clock that was ahead: it was not so.
    std::erase_if(m_told, [&](const auto& entry) { return entry.second.at > now + clockSlack; });
    std::vector<ExpiryNotice> news;
    for (const WatchedList& list : lists) {
        std::set<std::string_view> there;
        for (const access::ServiceToken& token : list.tokens) {
            there.insert(token.id.value);
            look({list.profileId, token.id}, token, now, news);
        }
        std::erase_if(m_told, [&](const auto& entry) {
            return entry.first.profileId == list.profileId && !there.contains(entry.first.id.value);
        });
    }
    std::ranges::sort(news, {}, &ExpiryNotice::end);
    return news;
}

void ExpiryNotices::look(const WatchedToken& key, const access::ServiceToken& token, sys_seconds now, std::vector<ExpiryNotice>& news)
{
    const auto found = m_told.find(key);
    if (!token.expiresAt) {
        if (found != m_told.end())
            m_told.erase(found);
        return;
    }
    const ExpiryStep step = expiryStepAt(token, now);
    const sys_seconds end = *token.expiresAt;
    if (found != m_told.end() && end > found->second.end) {
        // Somebody gave it more time, so knows how much.
        if (step == ExpiryStep::none)
            m_told.erase(found);
        else
            found->second = {end, step, now};
        return;
    }
    if (found != m_told.end())
        found->second.end = end;
    if (step == ExpiryStep::none || (found != m_told.end() && step <= found->second.step))
        return;
    const bool known = found != m_told.end();
    m_told[key] = {end, step, now};
    if (known || step != ExpiryStep::ended || now - end <= notNewsAfter)
        news.push_back({key, token.name, end, step});
}

void ExpiryNotices::untell(const std::vector<ExpiryNotice>& notices)
{
    for (const ExpiryNotice& notice : notices)
        m_told.erase(notice.token);
}

std::optional<sys_seconds> ExpiryNotices::nextStep(std::span<const WatchedList> lists, sys_seconds now)
{
    std::optional<sys_seconds> next;
    for (const WatchedList& list : lists) {
        for (const access::ServiceToken& token : list.tokens) {
            if (!token.enabled || !token.expiresAt)
                continue;
            for (const StepLength& step : steps) {
                const sys_seconds at = *token.expiresAt - step.before;
                if (at > now && counts(step, token) && (!next || at < *next))
                    next = at;
            }
        }
    }
    return next;
}

QJsonObject ExpiryNotices::save() const
{
    QJsonArray told;
    for (const auto& [key, mark] : m_told) {
        const auto step = std::ranges::find(steps, mark.step, &StepLength::step);
        told.append(QJsonObject{{QStringLiteral("profile"), QString::fromStdString(key.profileId)},
                                {QStringLiteral("token"), QString::fromStdString(key.id.value)},
                                {QStringLiteral("end"), textOf(mark.end)},
                                {QStringLiteral("step"), QLatin1String(step->name)},
                                {QStringLiteral("at"), textOf(mark.at)}});
    }
    return {{QStringLiteral("version"), 1}, {QStringLiteral("told"), told}};
}

void ExpiryNotices::restore(const QJsonObject& saved)
{
    m_told.clear();
    if (saved.value(QStringLiteral("version")).toInt() != 1)
        return;
    const QJsonArray told = saved.value(QStringLiteral("told")).toArray();
    for (const QJsonValue& entry : told) {
        const std::string name = entry[QStringLiteral("step")].toString().toStdString();
        const auto step = std::ranges::find_if(steps, [&](const StepLength& each) { return name == each.name; });
        const auto end = momentFrom(entry[QStringLiteral("end")]);
        const auto at = momentFrom(entry[QStringLiteral("at")]);
        if (step != steps.end() && end && at)
            m_told[{entry[QStringLiteral("profile")].toString().toStdString(), {entry[QStringLiteral("token")].toString().toStdString()}}] = {*end, step->step, *at};
    }
}

} // namespace latchkey::app
