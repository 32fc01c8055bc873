// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <QProcessEnvironment>

#include <string>
#include <vector>

namespace latchkey::cli {

/// Runs a program as if we were not there, with the event loop running meanwhile: it has our standard streams and gets our
/// signals (those that the terminal sends reach it by itself). Answers its exit code; 128 and the signal's number when one
/// ended it; 127 when there is no such program and 126 when it cannot be run, as shells do.
[[nodiscard]] int runChild(const std::vector<std::string>& command, const QProcessEnvironment& environment);

} // namespace latchkey::cli
