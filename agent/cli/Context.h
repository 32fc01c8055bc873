// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Terminal.h"

#include "agent/base/Clock.h"
#include "agent/base/Random.h"

#include <string>

namespace latchkey::cli {

/// What every subcommand works with. Lives in run(), on the main thread.
struct Context {
    Terminal terminal;
    std::string dataDirectory;   ///< As given with --data-dir; empty: the usual place.
    SystemClock clock;
    SystemRandom random;
};

} // namespace latchkey::cli
