// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace latchkey::http {

/// `Not Found`, as RFC 9110 §15 has it; empty for a status that we do not send.
[[nodiscard]] std::string_view statusText(int status);

} // namespace latchkey::http
