// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace latchkey::cli {

/// Runs the command line: parses, chooses the subcommand, answers the exit code (ExitCode.h).
[[nodiscard]] int run(int argc, char** argv);

} // namespace latchkey::cli
