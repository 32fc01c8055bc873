// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Email.h"

#include "agent/base/Encoding.h"

#include <algorithm>

namespace latchkey::access {

bool isPartOfEmailAddress(std::string_view text)
{
    constexpr std::size_t longest = 254;
    return !text.empty() && text.size() <= longest && base::isUtf8(text) && std::ranges::count(text, '@') <= 1
           && std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; })
           && text.find_first_of(",;\"<>") == std::string_view::npos;
}

bool isEmailAddress(std::string_view text)
{
    const auto at = text.find('@');
    return isPartOfEmailAddress(text) && at != std::string_view::npos && at != 0 && at + 1 < text.size();
}

} // namespace latchkey::access
