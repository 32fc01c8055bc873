// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string_view>
#include <utility>

namespace latchkey::base {

/// Where the agent says what it does. Thread-safe. Nobody passes a secret: SecretBytes has no conversion to text, and
/// values that come from a request are escaped by the implementation.
class Log {
public:
    enum class Level { debug, info, warning, error };
    using Field = std::pair<std::string_view, std::string_view>;

    virtual ~Log() = default;
    virtual void write(Level level, std::string_view message, std::initializer_list<Field> fields = {}) = 0;
};

} // namespace latchkey::base

namespace latchkey {
using base::Log;
}
