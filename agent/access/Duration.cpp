// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Duration.h"

#include "agent/base/Encoding.h"

#include <limits>

namespace latchkey::access {

namespace {

struct Unit {
    std::string_view name;
    std::int64_t nanoseconds;
};

/// Longer names first where one begins another.
constexpr Unit units[] = {{"ns", 1},
                          {"us", 1'000},
                          {"\xC2\xB5s", 1'000},   // U+00B5 micro sign
                          {"\xCE\xBCs", 1'000},   // U+03BC Greek mu; Go takes both
                          {"ms", 1'000'000},
                          {"s", 1'000'000'000},
                          {"m", 60'000'000'000},
                          {"h", 3'600'000'000'000}};

constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
constexpr std::chrono::sys_seconds lastMoment{std::chrono::sys_days{std::chrono::year{9999} / 12 / 31}
                                              + std::chrono::hours(24) - std::chrono::seconds(1)};

/// 0.`digits` of a unit, cut to whole nanoseconds. Exact for any number of digits: from the last to the first, cutting at
/// each step gives what cutting once at the end would, and nothing here exceeds 10 × an hour.
std::int64_t fractionOf(std::int64_t unit, std::string_view digits)
{
    std::int64_t result = 0;
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit)
        result = ((*digit - '0') * unit + result) / 10;
    return result;
}

/// Reads `1h30m` from left to right; the first problem stops it and is told with its place.
class DurationReader {
public:
    explicit DurationReader(std::string_view text) : m_text(text) { }

    Result<std::int64_t> read()
    {
        if (m_text.empty())
            return problem("is empty");
        if (m_text.size() > Duration::longestText)
            return problem("is written with more than " + std::to_string(Duration::longestText) + " characters");
        if (m_text.front() == '-')
            return problem("must be positive");
        if (m_text.front() == '+')
            ++m_at;
        do {
            if (const auto part = readPart(); !part)
                return std::unexpected(part.error());
        } while (m_at < m_text.size());
        if (m_total == 0)
            return problem("must be longer than nothing");
        return m_total;
    }

private:
    [[nodiscard]] std::unexpected<Error> problem(const std::string& what) const
    {
        return fail(ErrorCode::invalidArgument, "The duration " + what + ". Write it like 8760h, 2h45m or forever.");
    }

    [[nodiscard]] std::unexpected<Error> unexpectedHere() const
    {
        if (m_at >= m_text.size())
            return problem("ends before its unit (ns, us, ms, s, m or h)");
        const std::string_view rest = m_text.substr(m_at);
        std::size_t length = 1;
        while (length < rest.size() && (static_cast<unsigned char>(rest[length]) & 0xC0U) == 0x80U)
            ++length;
        const std::string_view character = rest.substr(0, length);
        const auto first = static_cast<unsigned char>(character.front());
        // U+0080 to U+009F are control characters too; they begin with 0xC2.
        const bool control = first < 0x20 || first == 0x7F
                             || (first == 0xC2 && length == 2 && static_cast<unsigned char>(character[1]) < 0xA0);
        const bool printable = !control && base::isUtf8(character);
        return problem("has " + (printable ? base::inQuotes(character) : std::string("an unprintable byte"))
                       + " where it cannot stand (character " + std::to_string(base::utf8Length(m_text.substr(0, m_at)) + 1) + ")");
    }

    [[nodiscard]] bool isDigit() const { return m_at < m_text.size() && m_text[m_at] >= '0' && m_text[m_at] <= '9'; }

    Result<void> readPart()
    {
        std::int64_t whole = 0;
        const std::size_t start = m_at;
        for (; isDigit(); ++m_at) {
            const std::int64_t digit = m_text[m_at] - '0';
            if (whole > (largest - digit) / 10)
                return problem("is too long");
            whole = whole * 10 + digit;
        }
        bool anyDigit = m_at != start;
        std::string_view fraction;
        if (m_at < m_text.size() && m_text[m_at] == '.') {
            const std::size_t fractionStart = ++m_at;
            while (isDigit())
                ++m_at;
            fraction = m_text.substr(fractionStart, m_at - fractionStart);
            anyDigit = anyDigit || !fraction.empty();
        }
        if (!anyDigit)
            return unexpectedHere();
        return addUnit(whole, fraction);
    }

    Result<void> addUnit(std::int64_t whole, std::string_view fraction)
    {
        for (const Unit& unit : units) {
            if (!m_text.substr(m_at).starts_with(unit.name))
                continue;
            m_at += unit.name.size();
            if (whole > largest / unit.nanoseconds)
                return problem("is too long");
            const auto part = fractionOf(unit.nanoseconds, fraction);
            const std::int64_t value = whole * unit.nanoseconds;
            if (value > largest - part || m_total > largest - part - value)
                return problem("is too long");
            m_total += value + part;
            return {};
        }
        return unexpectedHere();
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::int64_t m_total = 0;
};

} // namespace

Duration::Duration(std::optional<std::chrono::nanoseconds> length, std::string text)
    : m_length(length)
    , m_text(std::move(text))
{
}

Result<Duration> Duration::parse(std::string_view text)
{
    if (text == "forever")
        return forever();
    const auto length = DurationReader(text).read();
    if (!length)
        return std::unexpected(length.error());
    return Duration(std::chrono::nanoseconds(*length), std::string(text));
}

Duration Duration::oneYear()
{
    return hours(8760);
}

Duration Duration::oneDay()
{
    return hours(24);
}

Duration Duration::forever()
{
    return Duration(std::nullopt, "forever");
}

Duration Duration::hours(std::int64_t count)
{
    return Duration(std::chrono::hours(count), std::to_string(count) + "h");
}

std::optional<std::chrono::sys_seconds> Duration::endFrom(std::chrono::sys_seconds from) const
{
    if (!m_length)
        return std::nullopt;
    // Added as seconds: in nanoseconds the sum overflows in the year 2262.
    const std::chrono::seconds length = std::chrono::ceil<std::chrono::seconds>(*m_length);
    return from > lastMoment - length ? lastMoment : from + length;
}

} // namespace latchkey::access
