// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Json.h"
#include "agent/base/SealedBytes.h"

namespace latchkey::wire {

/// `{"version":1,"kdf":"scrypt","n":32768,"r":8,"p":1,"cipher":"aes-256-gcm","salt":…,"nonce":…,"data":…}`; bytes in hex.
[[nodiscard]] Json encode(const base::SealedBytes& sealed);
/// Errors (invalidArgument) name the member. Whether anything opens it is not looked at.
[[nodiscard]] Result<base::SealedBytes> decodeSealed(const Json& json);

} // namespace latchkey::wire
