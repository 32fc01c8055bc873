// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Router.h"
#include "Snapshot.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace latchkey::edge {

/// One publication: the snapshot, and what is derived from it once for all workers. Owned by the control thread, which
/// destroys it when no worker holds it any more. Workers refer to it within one turn of their loop only (what a request
/// needs after a wait is copied), so each lets go of it in the moment it adopts the next.
struct Generation {
    Generation(std::uint64_t number_, std::shared_ptr<const Snapshot> snapshot_, const Router* previous, unsigned workers,
               std::chrono::sys_seconds now)
        : number(number_)
        , snapshot(std::move(snapshot_))
        , router(*snapshot, previous, now)
        , holders(workers)
    {
    }

    const std::uint64_t number; ///< 1, 2, 3 …
    const std::shared_ptr<const Snapshot> snapshot;
    const Router router;
    mutable std::atomic<unsigned> holders; ///< Workers that have not adopted a later one.
};

} // namespace latchkey::edge
