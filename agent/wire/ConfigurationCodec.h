// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Configuration.h"
#include "agent/base/Json.h"

#include <cstddef>

namespace latchkey::wire {

/// The largest text of a configuration that an agent takes through its API, which is also the largest reply that its client
/// reads: 100,000 tokens and more.
inline constexpr std::size_t largestConfiguration = 64U << 20U;

/// What `config export` writes: `{"latchkey_config":1,"organization":{…},"service_tokens":[…],"applications":[…]}`. Objects have
/// the API's shape; a token has its secrets' digests beside it (`client_secret_sha256`, `previous_client_secret_sha256`). Keys,
/// where they were asked for, are in `keys`, under a passphrase.
[[nodiscard]] Json encode(const access::Configuration& configuration);

/// Of a token an import wants a name and either a digest or the `client_secret` itself (of the new form, or the 64 hex digits
/// of older tokens), which is hashed here and wiped from `json`. What else is missing has its default; ids, Client IDs and
/// times that are missing are empty, and made by the import. Errors (invalidArgument) name the object and the member, never
/// a secret.
[[nodiscard]] Result<access::Configuration> decodeConfiguration(Json&& json);

} // namespace latchkey::wire
