// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "UpstreamProbe.h"

#include "Post.h"

#include "agent/base/HostAndPort.h"

#include <QNetworkProxy>
#include <QTcpSocket>
#include <QTimer>
#include <QUrl>

#include <algorithm>

namespace latchkey::control {

UpstreamProbe::~UpstreamProbe() = default;

void UpstreamProbe::ask(const std::vector<std::string>& upstreams, Handler handler)
{
    std::erase_if(m_targets, [](const auto& each) {
        return !each.second.isUnderWay && (!each.second.foundOut.isValid() || each.second.foundOut.hasExpired(memory.count()));
    });
    auto question = std::make_shared<Question>();
    question->handler = std::move(handler);
    for (const auto& upstream : upstreams) {
        const QUrl url(QString::fromStdString(upstream));
        const int port = url.port(url.scheme() == QLatin1String("https") ? 443 : 80);
        if (url.host().isEmpty() || port < 1 || port > 65535)
            continue;
        const std::string host = url.host().toStdString();
        const std::string key = base::hostAndPort(host, static_cast<std::uint16_t>(port));
        question->keys.emplace(upstream, key);
        Target& target = m_targets[key];
        if (target.foundOut.isValid())
            continue;
        question->open.insert(key);
        if (!m_stopped && !std::exchange(target.isUnderWay, true)) {
            target.host = host;
            target.port = static_cast<std::uint16_t>(port);
            m_queue.push_back(key);
        }
    }
    m_questions.push_back(question);
    if (question->open.empty() || m_stopped)
        return post(this, [this, question] { answer(question); });
    QTimer::singleShot(longestWait, this, [this, question] { answer(question); });
    // Never answers from inside the call, and a socket may fail at once.
    post(this, [this] { startNext(); });
}

void UpstreamProbe::stop()
{
    m_stopped = true;
    m_queue.clear();
    for (const auto& question : std::exchange(m_questions, {}))
        answer(question);
}

void UpstreamProbe::startNext()
{
    while (m_underWay < mostAtOnce && !m_queue.empty()) {
        const std::string key = m_queue.front();
        m_queue.pop_front();
        ++m_underWay;
        start(key);
    }
}

void UpstreamProbe::start(const std::string& key)
{
    const Target& target = m_targets.at(key);
    auto* socket = new QTcpSocket(this);
    auto* deadline = new QTimer(socket);
    const auto done = [this, socket, key](std::optional<std::string> problem) {
        socket->disconnect(this);
        socket->abort();
        socket->deleteLater();
        found(key, std::move(problem));
    };
    // An upstream is reached directly, as the edge does it.
    socket->setProxy(QNetworkProxy::NoProxy);
    connect(socket, &QTcpSocket::connected, this, [done] { done(std::nullopt); });
    connect(socket, &QTcpSocket::errorOccurred, this, [done, socket] { done(socket->errorString().toStdString()); }, Qt::QueuedConnection);
    connect(deadline, &QTimer::timeout, this, [done] { done("no answer within a second"); });
    deadline->setSingleShot(true);
    deadline->start(connectTimeout);
    socket->connectToHost(QString::fromStdString(target.host), target.port);
}

void UpstreamProbe::found(const std::string& key, std::optional<std::string> problem)
{
    Target& target = m_targets.at(key);
    if (!std::exchange(target.isUnderWay, false))
        return;   // its error and its deadline came together
    target.problem = std::move(problem);
    target.foundOut.start();
    --m_underWay;
    const auto questions = m_questions;
    for (const auto& question : questions) {
        if (question->open.erase(key) > 0 && question->open.empty())
            answer(question);
    }
    startNext();
}

void UpstreamProbe::answer(const std::shared_ptr<Question>& question)
{
    if (!question->handler)
        return;
    std::erase(m_questions, question);
    Silent silent;
    for (const auto& [upstream, key] : question->keys) {
        const auto target = m_targets.find(key);
        if (target != m_targets.end() && target->second.foundOut.isValid() && target->second.problem)
            silent.emplace(upstream, *target->second.problem);
    }
    auto handler = std::exchange(question->handler, nullptr);
    handler(std::move(silent));
}

} // namespace latchkey::control
