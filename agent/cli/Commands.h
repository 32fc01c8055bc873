// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Context.h"
#include "Options.h"

namespace latchkey::cli {

// Each adds its subcommands to the command line. One file each.
void addServeCommand(Command root, Context& context);
void addTokenCommands(Command root, Context& context);
void addApplicationCommands(Command root, Context& context);
void addExplainCommand(Command root, Context& context);
void addJwtCommands(Command root, Context& context);
void addConfigCommands(Command root, Context& context);
void addPurgeCommand(Command root, Context& context);
void addRepairCommand(Command root, Context& context);
void addTrustCommands(Command root, Context& context);
void addExecCommand(Command root, Context& context);
void addProtectCommand(Command root, Context& context);
void addTourCommand(Command root, Context& context);

} // namespace latchkey::cli
