// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"
#include "agent/base/Json.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::cli {

enum class Style { plain, bold, dim, green, red, yellow, cyan };

/// Standard output and error for people or, with --json, for machines. Colours only on a terminal and without NO_COLOR.
class Terminal {
public:
    explicit Terminal(bool json = false);

    void setJson(bool json) { m_json = json; }
    [[nodiscard]] bool isJson() const { return m_json; }
    [[nodiscard]] bool isInteractive() const;   ///< Whether a person can answer a question.

    [[nodiscard]] std::string styled(std::string_view text, Style style) const;
    void line(std::string_view text = {}) const;
    void json(const Json& value) const;
    void errorLine(std::string_view text) const;

    /// Columns aligned by what a terminal shows; the first row is the heading.
    void table(const std::vector<std::vector<std::string>>& rows) const;
    /// `Label:  value` pairs, aligned.
    void fields(const std::vector<std::pair<std::string, std::string>>& fields) const;

    /// Asks a yes/no question; false without a terminal.
    [[nodiscard]] bool confirm(std::string_view question) const;

    /// Prints the error (JSON on stdout with --json, words on stderr otherwise) and answers its exit code.
    int fail(const Error& error) const;

private:
    bool m_json;
    bool m_colour;
};

/// `in 12 days`, `3 hours ago`, `never` for an RFC 3339-less column. English: the command line is not translated.
[[nodiscard]] std::string relativeTime(std::chrono::sys_seconds time, std::chrono::sys_seconds now);

/// What a person may see on a terminal: control characters replaced, so that a name cannot move the cursor.
[[nodiscard]] std::string printable(std::string_view text);

} // namespace latchkey::cli
