// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Clock.h"
#include "agent/base/Error.h"
#include "agent/base/Log.h"
#include "agent/base/Random.h"
#include "agent/base/SecretBytes.h"
#include "agent/edge/Edge.h"
#include "agent/store/Store.h"
#include "agent/vault/Vault.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace latchkey::control {

/// What a start is asked for. The data directory's lock is the caller's business and held for as long as Control lives.
struct ControlOptions {
    std::string dataDirectory;
    std::string version;                         ///< Of this program, for status().

    // Fixed at the first start. Later another value is ErrorCode::invalidArgument, but only if it was given.
    std::string team = "local";
    std::string accountId;                       ///< 32 hex; empty at the first start: generated.
    bool teamGiven = false;
    bool accountGiven = false;

    /// LATCHKEY_API_TOKEN: wins over the token in the vault and is stored there. A memory vault needs it.
    std::optional<SecretBytes> apiTokenPreset;
    /// How long a locked or absent vault is waited for; zero: not at all.
    std::chrono::milliseconds vaultWait{0};

    edge::EdgeConfig edge;
    std::chrono::milliseconds keyWatch{std::chrono::minutes(1)};   ///< How often the keys' times are looked at.
    int logKeep = 10'000;                        ///< The log keeps that many of the newest requests.
};

using EdgeFactory = std::function<Result<std::unique_ptr<edge::Edge>>(
    edge::EdgeConfig, std::shared_ptr<const edge::Snapshot>, edge::EventSink&, const Clock&, Log&)>;
using StoreFactory = std::function<Result<std::unique_ptr<store::Store>>(const std::string& directory)>;

/// What Control works with; everything referred to outlives it.
struct Services {
    vault::Vault& vault;                         ///< Its kind() is fixed at the first start.
    const Clock& clock;
    Random& random;
    Log& log;
    StoreFactory openStore;
    EdgeFactory startEdge;
};

/// The services with the real store and the real edge.
[[nodiscard]] Services realServices(vault::Vault& vault, const Clock& clock, Random& random, Log& log);

} // namespace latchkey::control
