// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Terminal.h"

#include "ExitCode.h"

#include "agent/base/Encoding.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#ifdef _WIN32
#include <io.h>
#define isatty _isatty
#define fileno _fileno
#else
#include <unistd.h>
#endif

namespace latchkey::cli {

namespace {

std::size_t width(std::string_view text)
{
    return base::utf8Length(text);
}

void put(std::FILE* file, std::string_view text)
{
    std::fwrite(text.data(), 1, text.size(), file);
    std::fputc('\n', file);
    std::fflush(file);
}

} // namespace

Terminal::Terminal(bool json)
    : m_json(json)
    , m_colour(isatty(fileno(stdout)) != 0 && std::getenv("NO_COLOR") == nullptr)
{
}

bool Terminal::isInteractive() const
{
    return isatty(fileno(stdin)) != 0 && isatty(fileno(stderr)) != 0;
}

std::string Terminal::styled(std::string_view text, Style style) const
{
    if (!m_colour || style == Style::plain)
        return std::string(text);
    const char* start = "";
    switch (style) {
    case Style::plain: break;
    case Style::bold: start = "\033[1m"; break;
    case Style::dim: start = "\033[2m"; break;
    case Style::green: start = "\033[32m"; break;
    case Style::red: start = "\033[31m"; break;
    case Style::yellow: start = "\033[33m"; break;
    case Style::cyan: start = "\033[36m"; break;
    }
    return start + std::string(text) + "\033[0m";
}

void Terminal::line(std::string_view text) const
{
    put(stdout, text);
}

void Terminal::json(const Json& value) const
{
    put(stdout, value.dump(2));
}

void Terminal::errorLine(std::string_view text) const
{
    put(stderr, text);
}

void Terminal::table(const std::vector<std::vector<std::string>>& rows) const
{
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], width(row[i]));
    }
    for (std::size_t r = 0; r < rows.size(); ++r) {
        std::string text;
        for (std::size_t i = 0; i < rows[r].size(); ++i) {
            text += rows[r][i];
            if (i + 1 < rows[r].size())
                text.append(widths[i] - width(rows[r][i]) + 2, ' ');
        }
        line(r == 0 ? styled(text, Style::bold) : text);
    }
}

void Terminal::fields(const std::vector<std::pair<std::string, std::string>>& fields) const
{
    std::size_t widest = 0;
    for (const auto& [label, value] : fields)
        widest = std::max(widest, width(label));
    for (const auto& [label, value] : fields)
        line(styled(label + ":", Style::dim) + std::string(widest - width(label) + 2, ' ') + value);
}

bool Terminal::confirm(std::string_view question) const
{
    if (!isInteractive())
        return false;
    std::fputs((std::string(question) + " [y/N] ").c_str(), stderr);
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "y" || answer == "Y" || answer == "yes";
}

int Terminal::fail(const Error& error) const
{
    if (m_json) {
        Json failure = Json::object();
        failure.set("error", error.message);
        json(failure);
    } else {
        errorLine("latchkey-agent: " + error.message);
    }
    return exitCodeFor(error);
}

std::string relativeTime(std::chrono::sys_seconds time, std::chrono::sys_seconds now)
{
    const bool future = time > now;
    const auto seconds = (future ? time - now : now - time).count();
    struct Unit { std::int64_t length; const char* name; };
    static constexpr Unit units[] = {{31536000, "year"}, {2592000, "month"}, {86400, "day"}, {3600, "hour"}, {60, "minute"}};
    for (const Unit& unit : units) {
        if (seconds >= unit.length) {
            const auto count = seconds / unit.length;
            const std::string text = std::to_string(count) + ' ' + unit.name + (count == 1 ? "" : "s");
            return future ? "in " + text : text + " ago";
        }
    }
    return future ? "in a moment" : "just now";
}

std::string printable(std::string_view text)
{
    std::string clean;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        // C1 controls are U+0080..U+009F: the bytes C2 80..9F.
        const bool c1 = c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        if (c < 0x20 || c == 0x7F || c1) {
            clean += "\xEF\xBF\xBD";
            i += c1 ? 1 : 0;
        } else {
            clean += text[i];
        }
    }
    return clean;
}

} // namespace latchkey::cli
