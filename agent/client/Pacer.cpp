// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Pacer.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>

namespace latchkey::client {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

Pacer::Pacer(QObject* parent)
    : QObject(parent)
{
    m_end.setSingleShot(true);
    m_end.setTimerType(Qt::PreciseTimer);
    connect(&m_end, &QTimer::timeout, this, &Pacer::resumed);
}

std::optional<seconds> Pacer::secondsIn(const QByteArray& retryAfter)
{
    bool isNumber = false;
    const int number = retryAfter.trimmed().toInt(&isNumber);
    if (isNumber)
        return number >= 0 ? std::optional(seconds(number)) : std::nullopt;
    // RFC 9110 §10.2.3 allows a date too: "Fri, 31 Dec 2027 23:59:59 GMT".
    QDateTime date = QLocale::c().toDateTime(QString::fromLatin1(retryAfter.trimmed()), QStringLiteral("ddd, dd MMM yyyy hh:mm:ss 'GMT'"));
    if (!date.isValid())
        return std::nullopt;
    date.setTimeSpec(Qt::UTC);
    return seconds(std::max<qint64>(0, QDateTime::currentDateTimeUtc().secsTo(date)));
}

void Pacer::heed(const QByteArray& retryAfter)
{
    const auto asked = secondsIn(retryAfter);
    if (!asked || asked->count() == 0)
        return;
    const seconds pause = std::min(*asked, longestPause);
    const auto until = steady_clock::now() + pause;
    if (until <= m_until)
        return;
    m_until = until;
    m_end.start(pause);
    Q_EMIT paused(pause);
}

milliseconds Pacer::left() const
{
    return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(m_until - steady_clock::now()));
}

Error Pacer::error() const
{
    const auto wait = std::chrono::ceil<seconds>(left()).count();
    return {ErrorCode::rateLimited,
            "The server asks for a pause: too many requests. Try again in "
                + (wait >= 120 ? std::to_string((wait + 59) / 60) + " minutes." : std::to_string(std::max<long long>(wait, 1)) + " seconds."),
            {}};
}

} // namespace latchkey::client
