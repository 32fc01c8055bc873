// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

/// One head and what the parser must make of it.
struct HeadCase {
    const char* name;
    std::string bytes;
    std::string expected; ///< Of a good head its summary (see summarize()), of a bad one the code of the error.
};

std::vector<HeadCase> goodRequestHeads();
std::vector<HeadCase> badRequestHeads();
