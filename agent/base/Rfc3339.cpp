// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Rfc3339.h"

#include <algorithm>
#include <cstdio>
#include <optional>

namespace latchkey::base {

namespace {

constexpr std::chrono::sys_seconds earliest = std::chrono::sys_days(std::chrono::year(1) / 1 / 1);
constexpr std::chrono::sys_seconds latest =
    std::chrono::sys_days(std::chrono::year(10000) / 1 / 1) - std::chrono::seconds(1);

/// Reads exactly `count` digits and moves on.
std::optional<int> digits(std::string_view& text, std::size_t count)
{
    if (text.size() < count)
        return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9')
            return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool skip(std::string_view& text, std::string_view anyOf)
{
    if (text.empty() || anyOf.find(text.front()) == std::string_view::npos)
        return false;
    text.remove_prefix(1);
    return true;
}

std::optional<std::chrono::minutes> offset(std::string_view& text)
{
    if (skip(text, "Zz"))
        return std::chrono::minutes(0);
    const bool negative = !text.empty() && text.front() == '-';
    if (!skip(text, "+-"))
        return std::nullopt;
    const auto hours = digits(text, 2);
    if (!hours || *hours > 23 || !skip(text, ":"))
        return std::nullopt;
    const auto minutes = digits(text, 2);
    if (!minutes || *minutes > 59)
        return std::nullopt;
    const std::chrono::minutes total(*hours * 60 + *minutes);
    return negative ? -total : total;
}

std::optional<std::chrono::sys_seconds> parse(std::string_view text)
{
    using namespace std::chrono;
    const auto y = digits(text, 4);
    if (!y || *y == 0 || !skip(text, "-"))
        return std::nullopt;
    const auto mo = digits(text, 2);
    if (!mo || !skip(text, "-"))
        return std::nullopt;
    const auto d = digits(text, 2);
    if (!d || !skip(text, "Tt "))
        return std::nullopt;
    const auto h = digits(text, 2);
    if (!h || *h > 23 || !skip(text, ":"))
        return std::nullopt;
    const auto mi = digits(text, 2);
    if (!mi || *mi > 59 || !skip(text, ":"))
        return std::nullopt;
    const auto s = digits(text, 2);
    if (!s || *s > 60)
        return std::nullopt;
    if (skip(text, ".")) {
        if (!digits(text, 1))
            return std::nullopt;
        while (digits(text, 1)) { }
    }
    const auto shift = offset(text);
    const year_month_day date{year(*y), month(static_cast<unsigned>(*mo)), day(static_cast<unsigned>(*d))};
    if (!shift || !text.empty() || !date.ok())
        return std::nullopt;
    const sys_seconds time = sys_days(date) + hours(*h) + minutes(*mi) + seconds(*s) - *shift;
    if (time < earliest || time > latest)
        return std::nullopt;
    return time;
}

} // namespace

std::string formatRfc3339(std::chrono::sys_seconds time)
{
    using namespace std::chrono;
    time = std::clamp(time, earliest, latest);
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text;
}

Result<std::chrono::sys_seconds> parseRfc3339(std::string_view text)
{
    if (const auto time = parse(text))
        return *time;
    return fail(ErrorCode::invalidArgument, "This is not a date and time like 2026-11-24T12:00:00Z.");
}

} // namespace latchkey::base
