// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "HostAndPort.h"

namespace latchkey::base {

std::string hostAndPort(std::string_view host, std::uint16_t port)
{
    const bool needsBrackets = host.find(':') != std::string_view::npos && !host.starts_with('[');
    std::string text;
    if (needsBrackets)
        text += '[';
    text += host;
    if (needsBrackets)
        text += ']';
    text += ':';
    return text + std::to_string(port);
}

} // namespace latchkey::base
