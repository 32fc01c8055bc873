// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "JwkSet.h"

#include <utility>

namespace latchkey::jose {

namespace {

constexpr base::JsonLimits documentLimits{.bytes = 1U << 20U, .depth = 16};
constexpr std::size_t maxKeys = 100;

std::string nameOf(const Json& jwk, std::size_t position)
{
    const Json* kid = jwk.find("kid");
    if (kid != nullptr && kid->asString() != nullptr && !kid->asString()->empty())
        return *kid->asString();
    return "key " + std::to_string(position + 1);
}

} // namespace

Result<JwkSet> JwkSet::parse(std::string_view json)
{
    const auto document = parseJson(json, documentLimits);
    if (!document)
        return fail(ErrorCode::invalidArgument, "The key set cannot be read. " + document.error().message);
    const Json* keys = document->find("keys");
    if (keys == nullptr || !keys->isArray())
        return fail(ErrorCode::invalidArgument, "This is not a key set: it has no list named keys.");
    if (keys->asArray()->size() > maxKeys)
        return fail(ErrorCode::invalidArgument, "The key set has more than " + std::to_string(maxKeys) + " keys.");
    JwkSet set;
    for (std::size_t i = 0; i < keys->asArray()->size(); ++i)
        set.add((*keys->asArray())[i], i);
    return set;
}

Result<JwkSet> JwkSet::of(const KeyRing& ring, std::chrono::sys_seconds now)
{
    return parse(ring.certsDocument(now));
}

void JwkSet::add(const Json& jwk, std::size_t position)
{
    auto key = VerificationKey::fromJwk(jwk);
    if (!key) {
        m_skipped.push_back({nameOf(jwk, position), std::move(key.error().message)});
        return;
    }
    // Which of two keys of one name is meant cannot be known; trying both would let either vouch for the other.
    if (find((*key)->kid()) != nullptr) {
        m_skipped.push_back({(*key)->kid(), "another key of the set has the same kid"});
        return;
    }
    m_keys.push_back(std::move(*key));
}

const VerificationKey* JwkSet::find(std::string_view kid) const
{
    for (const auto& key : m_keys) {
        if (key->kid() == kid)
            return key.get();
    }
    return nullptr;
}

std::vector<std::string> JwkSet::kids() const
{
    std::vector<std::string> kids;
    kids.reserve(m_keys.size());
    for (const auto& key : m_keys)
        kids.push_back(key->kid());
    return kids;
}

} // namespace latchkey::jose
