// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "KeychainGate.h"
#include "SecretServiceGate.h"

namespace latchkey::vault {

std::unique_ptr<KeychainGate> makeKeychainGate(std::chrono::milliseconds deadline)
{
    return std::make_unique<SecretServiceGate>(deadline);
}

} // namespace latchkey::vault
