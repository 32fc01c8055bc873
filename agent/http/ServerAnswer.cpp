// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ServerAnswer.h"

#include "Characters.h"
#include "KnownHeader.h"
#include "StatusText.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace latchkey::http {

namespace {

// IMF-fixdate, RFC 9110 §5.6.7.
std::string httpDate(std::chrono::sys_seconds time)
{
    static constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    const auto two = [](auto number) {
        const std::string digits = std::to_string(number);
        return digits.size() < 2 ? '0' + digits : digits;
    };
    std::string out(days[std::chrono::weekday(day).c_encoding()]);
    out.append(", ").append(two(static_cast<unsigned>(date.day()))).append(" ");
    out.append(months[static_cast<unsigned>(date.month()) - 1]).append(" ");
    out.append(std::to_string(static_cast<int>(date.year()))).append(" ");
    out.append(two(clock.hours().count())).append(":").append(two(clock.minutes().count())).append(":");
    out.append(two(clock.seconds().count())).append(" GMT");
    return out;
}

// The server writes these itself.
bool isOurs(std::string_view name)
{
    const KnownHeader known = knownHeader(name);
    return known == KnownHeader::contentLength || known == KnownHeader::transferEncoding || known == KnownHeader::connection
           || known == KnownHeader::keepAlive || characters::equalsLower(name, "date");
}

} // namespace

bool isSendable(const ServerResponse& response)
{
    if (response.status < 200 || response.status > 599)
        return false;
    return std::ranges::all_of(response.headers, [](const auto& field) {
        return characters::isToken(field.first) && characters::findBadValueByte(field.second) == std::string_view::npos;
    });
}

std::string answerHead(const ServerResponse& response, const AnswerFraming& framing, std::chrono::sys_seconds now)
{
    std::string head = "HTTP/1.1 " + std::to_string(response.status) + ' ';
    head.append(statusText(response.status)).append("\r\nDate: ").append(httpDate(now)).append("\r\n");
    for (const auto& [name, value] : response.headers) {
        if (!isOurs(name))
            head.append(name).append(": ").append(value).append("\r\n");
    }
    if (mayHaveBody(response.status)) {
        if (!response.stream)
            head.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
        else if (!framing.http10)
            head.append("Transfer-Encoding: chunked\r\n");
    }
    if (!framing.keepAlive)
        head.append("Connection: close\r\n");
    else if (framing.http10)
        head.append("Connection: keep-alive\r\n");
    head.append("\r\n");
    return head;
}

std::string chunkHead(std::size_t size)
{
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16).ptr;
    return std::string(digits.data(), end).append("\r\n");
}

} // namespace latchkey::http
