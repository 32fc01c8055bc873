// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "StderrLog.h"

#include "agent/base/Json.h"
#include "agent/base/Rfc3339.h"

#include <cstdio>

namespace latchkey::cli {

namespace {

std::string_view name(Log::Level level)
{
    switch (level) {
    case Log::Level::debug: return "debug";
    case Log::Level::info: return "info";
    case Log::Level::warning: return "warning";
    case Log::Level::error: return "error";
    }
    return "info";
}

} // namespace

StderrLog::StderrLog(Format format, const Clock& clock, Level least)
    : m_format(format)
    , m_clock(clock)
    , m_least(least)
{
}

void StderrLog::write(Level level, std::string_view message, std::initializer_list<Field> fields)
{
    if (level < m_least)
        return;
    const std::string time = base::formatRfc3339(m_clock.now());
    std::string line;
    if (m_format == Format::json) {
        Json json = Json::object();
        json.set("time", time).set("level", name(level)).set("message", message);
        for (const auto& [key, value] : fields)
            json.set(key, value);
        line = json.dump();
    } else {
        line = time + ' ' + std::string(name(level)) + ' ' + std::string(message);
        for (const auto& [key, value] : fields) {
            line += ' ';
            line += key;
            line += '=';
            base::appendJsonString(line, value);
        }
    }
    line += '\n';
    const std::scoped_lock lock(m_mutex);
    std::fwrite(line.data(), 1, line.size(), stderr);
}

} // namespace latchkey::cli
