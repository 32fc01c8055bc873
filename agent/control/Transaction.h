// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Ports.h"
#include "State.h"

#include "agent/base/Random.h"
#include "agent/store/Store.h"

#include <chrono>
#include <cstdint>
#include <vector>

namespace latchkey::control {

/// What a group of changes makes of the state, before it is committed. A value, so that one change that fails is undone by
/// going back to a copy.
struct Candidate {
    State state;
    bool concernsEdge = false;              ///< Whether a snapshot has to be published.
    std::vector<TokenUuid> cutOff;          ///< Tokens that lost access.
    std::vector<std::uint16_t> opened;      ///< Ports that were opened for it; closed again if it comes to nothing.
    std::vector<std::uint16_t> released;    ///< Ports to close when it is in force.
};

/// What one change works with, inside an open transaction of the store.
struct Transaction {
    store::Store& store;
    Candidate& candidate;
    Ports& ports;
    Random& random;
    std::chrono::sys_seconds now;
    std::uint32_t revision;   ///< Of the publication that this becomes part of.
};

} // namespace latchkey::control
