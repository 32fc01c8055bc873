// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Ids.h"
#include "IpNetwork.h"

#include <string>
#include <variant>

namespace latchkey::access {

// One rule of a policy or a group. Source: access-facts, "Applications, policies".
struct ServiceTokenRule { TokenId tokenId; bool operator==(const ServiceTokenRule&) const = default; };
struct AnyValidServiceTokenRule { bool operator==(const AnyValidServiceTokenRule&) const = default; };
struct EveryoneRule { bool operator==(const EveryoneRule&) const = default; };
struct IpRule { IpNetwork network; bool operator==(const IpRule&) const = default; };
struct CertificateRule { bool operator==(const CertificateRule&) const = default; };
struct CommonNameRule { std::string commonName; bool operator==(const CommonNameRule&) const = default; };   ///< A client certificate's.
struct GeoRule { std::string countryCode; bool operator==(const GeoRule&) const = default; };                ///< ISO 3166-1 alpha-2.
struct GroupRule { GroupId groupId; bool operator==(const GroupRule&) const = default; };                    ///< An Access group.
// Rules of identity: only somebody who logged in can match them.
struct EmailRule { std::string email; bool operator==(const EmailRule&) const = default; };
/// The dashboard's "Emails ending in": Cloudflare has one kind of rule, `email_domain`, for both. `example.com` is every
/// address of that domain and of no subdomain; a text with an @ (`@example.com`, `-ops@example.com`) is what the whole
/// address ends with.
struct EmailDomainRule { std::string domain; bool operator==(const EmailDomainRule&) const = default; };
struct LoginMethodRule { std::string id; bool operator==(const LoginMethodRule&) const = default; };         ///< An identity provider's.
/// A rule of a kind that is not emulated: stored faithfully (`json` is the rule's object), never matches.
struct UnknownRule { std::string kind; std::string json; bool operator==(const UnknownRule&) const = default; };

using Rule = std::variant<ServiceTokenRule, AnyValidServiceTokenRule, EveryoneRule, IpRule, CertificateRule, CommonNameRule,
                          GeoRule, GroupRule, EmailRule, EmailDomainRule, LoginMethodRule, UnknownRule>;

/// `service token 4c1f…`, for explanations. English.
[[nodiscard]] std::string describe(const Rule& rule);

} // namespace latchkey::access
