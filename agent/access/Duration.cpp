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

/// unit × fraction ÷ scale, cut to whole nanoseconds. Exact: fraction < scale ≤ 10^15 and unit ≤ 3.6 × 10^12 are split so
/// that no product leaves 64 bits.
std::int64_t fractionOf(std::int64_t unit, std::int64_t fraction, std::int64_t scale)
{
    std::int64_t result = 0;
    std::int64_t remainder = 0;   // of the long division, always below scale
    for (std::int64_t bit = std::int64_t{1} << 42U; bit != 0; bit >>= 1U) {
        result *= 2;
        remainder *= 2;
        if ((unit & bit) != 0)
            remainder += fraction;
        result += remainder / scale;
        remainder %= scale;
    }
    return result;
}

/// Reads `1h30m` from left to right; the first problem stops it and is told with its place.
class Reader {
public:
    explicit Reader(std::string_view text) : m_text(text) { }

    Result<std::int64_t> read()
    {
        if (m_text.empty())
            return problem("is empty");
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
        const bool printable = static_cast<unsigned char>(character.front()) >= 0x20 && base::isUtf8(character);
        return problem("has " + (printable ? "\"" + std::string(character) + "\"" : std::string("an unprintable byte"))
                       + " where it cannot stand (character " + std::to_string(base::utf8Length(m_text.substr(0, m_at)) + 1) + ")");
    }

    [[nodiscard]] bool isDigit() const { return m_at < m_text.size() && m_text[m_at] >= '0' && m_text[m_at] <= '9'; }

    Result<void> readPart()
    {
        std::int64_t whole = 0;
        const std::size_t start = m_at;
        for (; isDigit(); ++m_at) {
            if (whole > (largest - 9) / 10)
                return problem("is too long");
            whole = whole * 10 + (m_text[m_at] - '0');
        }
        bool anyDigit = m_at != start;
        // As Go does: the fraction is kept while it fits and is then cut, below a nanosecond anyway.
        std::int64_t fraction = 0;
        std::int64_t scale = 1;
        if (m_at < m_text.size() && m_text[m_at] == '.') {
            ++m_at;
            for (; isDigit(); ++m_at) {
                anyDigit = true;
                if (scale <= 100'000'000'000'000) {
                    fraction = fraction * 10 + (m_text[m_at] - '0');
                    scale *= 10;
                }
            }
        }
        if (!anyDigit)
            return unexpectedHere();
        return addUnit(whole, fraction, scale);
    }

    Result<void> addUnit(std::int64_t whole, std::int64_t fraction, std::int64_t scale)
    {
        for (const Unit& unit : units) {
            if (!m_text.substr(m_at).starts_with(unit.name))
                continue;
            m_at += unit.name.size();
            if (whole > largest / unit.nanoseconds)
                return problem("is too long");
            const auto part = fractionOf(unit.nanoseconds, fraction, scale);
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
    const auto length = Reader(text).read();
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
