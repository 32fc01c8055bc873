// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Clock.h"
#include "agent/base/Log.h"

#include <mutex>

namespace latchkey::cli {

/// Log lines on standard error, as text for people or as one JSON object a line. Values are escaped, so that what comes
/// from a request cannot forge a line.
class StderrLog final : public Log {
public:
    enum class Format { text, json };
    StderrLog(Format format, const Clock& clock, Level least = Level::info);

    void write(Level level, std::string_view message, std::initializer_list<Field> fields = {}) override;

private:
    Format m_format;
    const Clock& m_clock;
    Level m_least;   ///< What is below is not written.
    std::mutex m_mutex;
};

} // namespace latchkey::cli
