// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// latchkey-agent: the local agent and its command line. Everything is in agent/cli; this only starts it.
#include "agent/cli/CommandLine.h"

int main(int argc, char** argv)
{
    return latchkey::cli::run(argc, argv);
}
