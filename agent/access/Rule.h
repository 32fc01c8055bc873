// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Ids.h"
#include "IpNetwork.h"

#include <string>
#include <variant>

namespace latchkey::access {

// One rule of a policy. Source: access-facts, "Applications, policies".
struct ServiceTokenRule { TokenId tokenId; bool operator==(const ServiceTokenRule&) const = default; };
struct AnyValidServiceTokenRule { bool operator==(const AnyValidServiceTokenRule&) const = default; };
struct EveryoneRule { bool operator==(const EveryoneRule&) const = default; };
struct IpRule { IpNetwork network; bool operator==(const IpRule&) const = default; };
struct CertificateRule { bool operator==(const CertificateRule&) const = default; };
struct CommonNameRule { std::string commonName; bool operator==(const CommonNameRule&) const = default; };
/// A rule of a kind that is not emulated: stored faithfully (`json` is the rule's object), never matches.
struct UnknownRule { std::string kind; std::string json; bool operator==(const UnknownRule&) const = default; };

using Rule = std::variant<ServiceTokenRule, AnyValidServiceTokenRule, EveryoneRule, IpRule, CertificateRule,
                          CommonNameRule, UnknownRule>;

/// `service token 4c1f…`, for explanations. English.
[[nodiscard]] std::string describe(const Rule& rule);

} // namespace latchkey::access
