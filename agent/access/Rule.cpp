// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Rule.h"

namespace latchkey::access {

namespace {

struct Describer {
    std::string operator()(const ServiceTokenRule& rule) const { return "service token " + rule.tokenId.value; }
    std::string operator()(const AnyValidServiceTokenRule&) const { return "any valid service token"; }
    std::string operator()(const EveryoneRule&) const { return "everyone"; }
    std::string operator()(const IpRule& rule) const { return "IP " + rule.network.text(); }
    std::string operator()(const CertificateRule&) const { return "any valid client certificate"; }
    std::string operator()(const CommonNameRule& rule) const { return "common name " + rule.commonName; }
    std::string operator()(const GeoRule& rule) const { return "country " + rule.countryCode; }
    std::string operator()(const GroupRule& rule) const { return "group " + rule.groupId.value; }
    std::string operator()(const EmailRule& rule) const { return "email " + rule.email; }
    std::string operator()(const EmailDomainRule& rule) const { return "emails ending in " + rule.domain; }
    std::string operator()(const LoginMethodRule& rule) const { return "login method " + rule.id; }
    std::string operator()(const UnknownRule& rule) const { return rule.kind + " (not emulated: never matches)"; }
};

} // namespace

std::string describe(const Rule& rule)
{
    return std::visit(Describer{}, rule);
}

} // namespace latchkey::access
