// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Control.h"
#include "EventIntake.h"
#include "State.h"

namespace latchkey::control {

/// What a start has put together, in the order in which it must go: the edge delivers events until it has ended.
struct Control::Parts {
    std::unique_ptr<store::Store> store;
    std::unique_ptr<EventIntake> events;
    std::unique_ptr<edge::Edge> edge;
    Services services;
    store::Settings settings;
    std::string dataDirectory;
    std::string version;
    std::string edgeHost;
    std::string issuer;
    SecretBytes apiToken;
    State state;
    std::chrono::milliseconds keyWatch{};
    std::uint64_t revision = 0;   ///< Of the snapshot that the edge was started with.
};

} // namespace latchkey::control
