// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "DateText.h"

#include <QDateTime>

#include <cmath>
#include <utility>

namespace latchkey::ui {

using namespace Qt::StringLiterals;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

enum class Unit { moment, minutes, hours, days, months, years };

struct Amount {
    Unit unit;
    int count;
};

/// The one unit that says a distance best, rounded to the nearest; 13 to 23 months stay months.
Amount amountOf(seconds distance)
{
    const double s = static_cast<double>(distance.count());
    if (s < 60)
        return {Unit::moment, 0};
    if (const auto minutes = std::lround(s / 60); minutes < 60)
        return {Unit::minutes, static_cast<int>(minutes)};
    if (const auto hours = std::lround(s / 3600); hours < 24)
        return {Unit::hours, static_cast<int>(hours)};
    const double days = s / 86400;
    if (std::lround(days) < 60)
        return {Unit::days, static_cast<int>(std::lround(days))};
    if (const auto months = std::lround(days / 30.4375); months < 24 && months != 12)
        return {Unit::months, static_cast<int>(months)};
    return {Unit::years, static_cast<int>(std::max(1.0, std::floor((days + 15) / 365.25)))};
}

} // namespace

DateText::DateText(QLocale locale, QTimeZone zone)
    : m_locale(std::move(locale))
    , m_zone(std::move(zone))
{
    m_locale.setNumberOptions(QLocale::DefaultNumberOptions);
}

QString DateText::relative(sys_seconds at, sys_seconds now) const
{
    if (at >= now) {
        const auto [unit, n] = amountOf(at - now);
        switch (unit) {
        case Unit::moment: return tr("in less than a minute");
        case Unit::minutes: return tr("in %n minute(s)", nullptr, n);
        case Unit::hours: return tr("in %n hour(s)", nullptr, n);
        case Unit::days: return tr("in %n day(s)", nullptr, n);
        case Unit::months: return tr("in %n month(s)", nullptr, n);
        case Unit::years: return tr("in %n year(s)", nullptr, n);
        }
    }
    const auto [unit, n] = amountOf(now - at);
    switch (unit) {
    case Unit::moment: return tr("just now");
    case Unit::minutes: return tr("%n minute(s) ago", nullptr, n);
    case Unit::hours: return tr("%n hour(s) ago", nullptr, n);
    case Unit::days: return tr("%n day(s) ago", nullptr, n);
    case Unit::months: return tr("%n month(s) ago", nullptr, n);
    case Unit::years: return tr("%n year(s) ago", nullptr, n);
    }
    Q_UNREACHABLE();
}

QString DateText::seen(sys_seconds at, sys_seconds now) const
{
    if (at + seconds(60) > now)
        return tr("Just now");
    if (now - at < std::chrono::hours(1))
        return tr("%n minute(s) ago", nullptr, static_cast<int>((now - at) / seconds(60)));

    const QDateTime then = local(at);
    const QDate today = local(now).date();
    const auto days = then.date().daysTo(today);
    if (days <= 0)
        return tr("Today, %1").arg(m_locale.toString(then.time(), QLocale::ShortFormat));
    if (days == 1)
        return tr("Yesterday");
    if (days < 7)
        return tr("%n day(s) ago", nullptr, static_cast<int>(days));
    if (then.date().year() == today.year())
        return m_locale.toString(then.date(), tr("d MMM", "date pattern of this year, as QLocale takes it"));
    return date(at);
}

QString DateText::absolute(sys_seconds at) const
{
    return tr("%1, %2", "date, time of day").arg(date(at), m_locale.toString(local(at).time(), QLocale::ShortFormat));
}

QString DateText::date(sys_seconds at) const
{
    return m_locale.toString(local(at).date(), tr("d MMM yyyy", "date pattern, as QLocale takes it"));
}

QString DateText::timeOfDay(sys_seconds at) const
{
    return m_locale.toString(local(at).time(), u"HH:mm:ss"_s);
}

QString DateText::both(sys_seconds at, sys_seconds now) const
{
    return tr("%1 · %2", "relative date, absolute date").arg(relative(at, now), absolute(at));
}

QString DateText::length(const access::Duration& duration) const
{
    if (duration.isForever())
        return tr("Forever");
    const std::chrono::nanoseconds whole = *duration.length();
    const auto inSeconds = std::chrono::floor<seconds>(whole);
    if (inSeconds != whole || inSeconds.count() == 0)
        return QString::fromStdString(duration.text());

    constexpr std::int64_t year = 8760 * 3600;
    auto rest = inSeconds.count();
    if (rest % year == 0)
        return tr("%n year(s)", nullptr, static_cast<int>(rest / year));
    QStringList parts;
    if (const auto n = rest / 86400)
        parts << tr("%n day(s)", nullptr, static_cast<int>(n));
    rest %= 86400;
    if (const auto n = rest / 3600)
        parts << tr("%n hour(s)", nullptr, static_cast<int>(n));
    rest %= 3600;
    if (const auto n = rest / 60)
        parts << tr("%n minute(s)", nullptr, static_cast<int>(n));
    if (const auto n = rest % 60)
        parts << tr("%n second(s)", nullptr, static_cast<int>(n));
    return parts.join(u' ');
}

QString DateText::count(qsizetype number) const
{
    return m_locale.toString(static_cast<qlonglong>(number));
}

QString DateText::countdown(seconds left)
{
    const auto s = std::max<std::int64_t>(0, left.count());
    return u"%1:%2"_s.arg(s / 60).arg(s % 60, 2, 10, QLatin1Char('0'));
}

QDateTime DateText::local(sys_seconds at) const
{
    return QDateTime::fromSecsSinceEpoch(at.time_since_epoch().count(), m_zone);
}

} // namespace latchkey::ui
