// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ProfileSecrets.h"

#include <memory>

namespace latchkey::profiles {

namespace {

struct Removal {
    vault::Vault& vault;
    std::vector<std::string> keys;   ///< The last goes first.
    vault::Vault::DoneHandler handler;

    static void next(std::shared_ptr<Removal> self)
    {
        if (self->keys.empty()) {
            self->handler({});
            return;
        }
        const std::string key = self->keys.back();
        self->vault.remove(key, [self](Result<void> removed) {
            if (!removed) {
                self->handler(std::move(removed));
                return;
            }
            self->keys.pop_back();
            next(self);
        });
    }
};

} // namespace

std::string profileTokenKey(const std::string& profileId)
{
    return "profile/" + profileId + "/api-token";
}

std::string clientSecretKey(const std::string& profileId, const std::string& tokenId)
{
    return "profile/" + profileId + "/client-secret/" + tokenId;
}

void forgetSecrets(vault::Vault& vault, std::string profileId, std::vector<std::string> tokenIds, vault::Vault::DoneHandler handler)
{
    auto removal = std::make_shared<Removal>(Removal{vault, {profileTokenKey(profileId)}, std::move(handler)});
    for (const std::string& tokenId : tokenIds)
        removal->keys.push_back(clientSecretKey(profileId, tokenId));
    Removal::next(std::move(removal));
}

} // namespace latchkey::profiles
