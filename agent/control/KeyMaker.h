// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Background.h"

#include "agent/jose/SigningKey.h"

#include <chrono>

namespace latchkey::control {

using KeyHandler = std::move_only_function<void(Result<std::shared_ptr<const jose::SigningKey>>)>;

/// Makes a signing key on another thread, as it takes up to a second; answers on the caller's, or not at all once
/// `context` is gone.
inline void makeSigningKey(std::chrono::sys_seconds createdAt, QObject* context, KeyHandler handler)
{
    inBackground<std::shared_ptr<const jose::SigningKey>>(context, [createdAt] { return jose::SigningKey::generate(createdAt); },
                                                          std::move(handler));
}

} // namespace latchkey::control
