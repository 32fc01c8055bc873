// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Context.h"

namespace CLI {
class App;
}

namespace latchkey::cli {

// Each adds its subcommands to the command line and, when one is chosen, sets Context::action. One file each.
void addServeCommand(CLI::App& root, Context& context);
void addTokenCommands(CLI::App& root, Context& context);
void addApplicationCommands(CLI::App& root, Context& context);
void addJwtCommands(CLI::App& root, Context& context);
void addConfigCommands(CLI::App& root, Context& context);
void addPurgeCommand(CLI::App& root, Context& context);
void addRepairCommand(CLI::App& root, Context& context);
void addTrustCommands(CLI::App& root, Context& context);
void addExecCommand(CLI::App& root, Context& context);
void addProtectCommand(CLI::App& root, Context& context);
void addTourCommand(CLI::App& root, Context& context);

} // namespace latchkey::cli
