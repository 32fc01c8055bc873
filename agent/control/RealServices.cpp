// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ControlOptions.h"

namespace latchkey::control {

Services realServices(vault::Vault& vault, const Clock& clock, Random& random, Log& log)
{
    return {.vault = vault,
            .clock = clock,
            .random = random,
            .log = log,
            .openStore = &store::Store::open,
            .startEdge = &edge::Edge::start};
}

} // namespace latchkey::control
