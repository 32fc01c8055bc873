// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "KWalletGate.h"
#include "KeychainGate.h"
#include "SecretServiceGate.h"

namespace latchkey::vault {

std::unique_ptr<KeychainGate> makeKeychainGate(std::chrono::milliseconds deadline)
{
    auto secretService = std::make_unique<SecretServiceGate>(deadline);
    if (!isPlasma5Session())
        return secretService;
    return std::make_unique<KWalletGate>(deadline, std::move(secretService));
}

} // namespace latchkey::vault
