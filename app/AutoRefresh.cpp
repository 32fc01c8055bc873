// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "AutoRefresh.h"

#include <QJsonArray>
#include <QPointer>

#include <algorithm>

namespace latchkey::app {

namespace {

QString secondsText(std::chrono::sys_seconds at)
{
    return QString::number(at.time_since_epoch().count());
}

std::chrono::sys_seconds secondsFrom(const QJsonValue& value)
{
    return std::chrono::sys_seconds(std::chrono::seconds(value.toString().toLongLong()));
}

} // namespace

AutoRefresh::AutoRefresh(Watcher& watcher, const Clock& clock, const QString& folder, QObject* parent)
    : QObject(parent)
    , m_watcher(watcher)
    , m_clock(clock)
    , m_rulesFile(folder + QStringLiteral("/refresh-rules.json"))
    , m_logFile(folder + QStringLiteral("/refresh-log.json"))
    , m_rules(refreshRulesFrom(m_rulesFile.read()))
{
    loadLog();
    connect(&m_watcher, &Watcher::looked, this, &AutoRefresh::consider);
}

Result<void> AutoRefresh::setRules(std::vector<ui::RefreshRule> rules)
{
    m_rules = std::move(rules);
    std::erase_if(m_queue, [this](const PlannedRefresh& planned) {
        return std::ranges::none_of(m_rules, [&](const ui::RefreshRule& rule) { return rule.on && rule.id == planned.ruleId; });
    });
    for (const WatchedList& list : m_watcher.lists())
        m_watcher.lookSoon(list.profileId);   // a rule acts on what is true now
    return m_rulesFile.write(toJson(m_rules));
}

AutoRefresh::DryRun AutoRefresh::dryRun(const ui::RefreshRule& rule) const
{
    DryRun result;
    for (const WatchedList& list : m_watcher.lists()) {
        std::ranges::move(planRefreshes({rule}, true, list, m_clock.now()), std::back_inserter(result.now));
        result.meant += countMeant(rule, list, m_clock.now());
    }
    return result;
}

void AutoRefresh::consider(const std::string& profileId)
{
    const auto lists = m_watcher.lists();
    const auto list = std::ranges::find(lists, profileId, &WatchedList::profileId);
    if (list == lists.end())
        return;
    const auto now = m_clock.now();
    for (PlannedRefresh& planned : planRefreshes(m_rules, false, *list, now)) {
        const auto failure = m_failures.find(planned.token);
        const bool tooSoon = failure != m_failures.end() && failure->second.end == planned.end && now - failure->second.at < retryAfter && now >= failure->second.at;
        const bool waiting = std::ranges::find(m_queue, planned.token, &PlannedRefresh::token) != m_queue.end();
        if (!tooSoon && !waiting)
            m_queue.push_back(std::move(planned));
    }
    if (!m_running)
        runNext();
}

void AutoRefresh::runNext()
{
    while (!m_queue.empty()) {
        const PlannedRefresh planned = m_queue.front();
        WatchedSource* source = m_watcher.source(planned.token.profileId);
        if (!source) {   // gone meanwhile: the next look of it plans anew
            m_queue.pop_front();
            continue;
        }
        m_running = true;
        // A source that goes never answers: then the next look begins again.
        const auto goes = std::shared_ptr<void>(nullptr, [self = QPointer(this)](void*) {
            if (self)
                QMetaObject::invokeMethod(self, [self] {
                    self->m_running = false;
                    self->runNext();
                }, Qt::QueuedConnection);
        });
        source->refresh(planned.token.id, [self = QPointer(this), planned, goes](Result<access::ServiceToken> result) {
            if (self)
                self->done(planned, result);
        });
        std::erase_if(m_queue, [&](const PlannedRefresh& each) { return each.token == planned.token; });
        return;
    }
}

void AutoRefresh::done(const PlannedRefresh& planned, const Result<access::ServiceToken>& result)
{
    const auto now = m_clock.now();
    const QString name = QString::fromStdString(planned.name);
    LogLine line{now, planned.token, name, {}, {}};
    if (result) {
        m_failures.erase(planned.token);
        line.end = result->expiresAt;
    } else {
        line.error = QString::fromStdString(result.error().message);
        const auto known = m_failures.find(planned.token);
        const bool toldAlready = known != m_failures.end() && known->second.end == planned.end;
        m_failures[planned.token] = {planned.end, now};
        if (!toldAlready)
            Q_EMIT failed(planned.token, name, line.error);
    }
    m_log.push_front(std::move(line));
    if (m_log.size() > longestLog)
        m_log.pop_back();
    saveLog();
    Q_EMIT logChanged();
    if (result) {
        Q_EMIT refreshed(*result);
        m_watcher.lookSoon(planned.token.profileId);
    }
}

void AutoRefresh::saveLog()
{
    const auto write = [](const WatchedToken& token, QJsonObject object) {
        object.insert(QStringLiteral("profile"), QString::fromStdString(token.profileId));
        object.insert(QStringLiteral("token"), QString::fromStdString(token.id.value));
        return object;
    };
    QJsonArray lines;
    for (const LogLine& line : m_log) {
        QJsonObject object{{QStringLiteral("at"), secondsText(line.at)}, {QStringLiteral("name"), line.name}, {QStringLiteral("error"), line.error}};
        if (line.end)
            object.insert(QStringLiteral("end"), secondsText(*line.end));
        lines.append(write(line.token, object));
    }
    QJsonArray failures;
    for (const auto& [token, failure] : m_failures)
        failures.append(write(token, {{QStringLiteral("end"), secondsText(failure.end)}, {QStringLiteral("at"), secondsText(failure.at)}}));
    // That a line of the log cannot be kept stops nothing; the next one tries again.
    (void)m_logFile.write({{QStringLiteral("version"), 1}, {QStringLiteral("lines"), lines}, {QStringLiteral("failures"), failures}});
}

void AutoRefresh::loadLog()
{
    const QJsonObject saved = m_logFile.read();
    if (saved.value(QStringLiteral("version")).toInt() != 1)
        return;
    const auto tokenOf = [](const QJsonValue& value) {
        return WatchedToken{value[QStringLiteral("profile")].toString().toStdString(), {value[QStringLiteral("token")].toString().toStdString()}};
    };
    const QJsonArray lines = saved.value(QStringLiteral("lines")).toArray();
    for (const QJsonValue& value : lines) {
        LogLine line{secondsFrom(value[QStringLiteral("at")]), tokenOf(value), value[QStringLiteral("name")].toString(), value[QStringLiteral("error")].toString(), {}};
        if (!value[QStringLiteral("end")].isUndefined())
            line.end = secondsFrom(value[QStringLiteral("end")]);
        m_log.push_back(std::move(line));
    }
    const QJsonArray failures = saved.value(QStringLiteral("failures")).toArray();
    for (const QJsonValue& value : failures)
        m_failures[tokenOf(value)] = {secondsFrom(value[QStringLiteral("end")]), secondsFrom(value[QStringLiteral("at")])};
}

} // namespace latchkey::app
