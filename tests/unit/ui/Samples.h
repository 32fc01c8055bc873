// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "agent/access/Application.h"
#include "agent/access/ServiceToken.h"
#include "ui/RequestLine.h"

#include <chrono>
#include <vector>

namespace latchkey::ui::samples {

/// 23 November 2026, 12:04:31 UTC.
inline constexpr std::chrono::sys_seconds now{std::chrono::seconds(1'795'435'471)};

[[nodiscard]] access::ServiceToken token(const std::string& name, std::chrono::seconds endsIn, std::chrono::seconds seenAgo);

/// The eight tokens of the pictures, and as many more as asked for.
[[nodiscard]] std::vector<access::ServiceToken> tokens(int more = 0);

/// Applications that name the second of them: one by Service Auth, one by Allow (the classic mistake).
[[nodiscard]] std::vector<access::Application> applications();

[[nodiscard]] std::vector<RequestLine> requests();

/// A secret of the usual form; opens nothing.
inline constexpr const char* secret = "cfast_Q2w7kP0sZ9xT4vB6nM1cL8jH5gF3dS0aR7yU2iO1c0ffee42";

} // namespace latchkey::ui::samples
