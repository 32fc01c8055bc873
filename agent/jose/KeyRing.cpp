// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "KeyRing.h"

#include <utility>

namespace latchkey::jose {

namespace {

Json certificateOf(const SigningKey& key)
{
    return Json(JsonObject{{"kid", key.kid()}, {"cert", key.certificatePem()}});
}

} // namespace

bool KeyRing::previousIsPublished(std::chrono::sys_seconds now) const
{
    return previous && now < previousUntil;
}

KeyRing KeyRing::rotatedTo(std::shared_ptr<const SigningKey> next, std::chrono::sys_seconds until) const
{
    return {std::move(next), current, until};
}

std::string KeyRing::certsDocument(std::chrono::sys_seconds now) const
{
    Json keys = Json::array();
    Json certificates = Json::array();
    const auto publish = [&](const SigningKey& key) {
        keys.push(key.publicJwk());
        certificates.push(certificateOf(key));
    };
    publish(*current);
    if (previousIsPublished(now))
        publish(*previous);

    return Json(JsonObject{
                    {"keys", std::move(keys)},
                    {"public_cert", certificateOf(*current)},
                    {"public_certs", std::move(certificates)},
                })
        .dump();
}

} // namespace latchkey::jose
