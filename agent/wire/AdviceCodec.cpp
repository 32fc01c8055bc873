// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "AdviceCodec.h"

#include "Members.h"

namespace latchkey::wire {

namespace {

using References = std::pair<std::string_view, std::optional<access::Finding::Reference> access::Finding::*>;
constexpr References kReferences[] = {{"application", &access::Finding::application},
                                      {"token", &access::Finding::token},
                                      {"policy", &access::Finding::policy},
                                      {"group", &access::Finding::group}};

} // namespace

Json encode(const access::Finding& finding)
{
    Json json = Json::object();
    json.set("code", finding.code).set("severity", access::code(finding.severity)).set("message", finding.message);
    for (const auto& [name, member] : kReferences) {
        const auto& reference = finding.*member;
        json.set(name, reference ? Json::object().set("id", reference->id).set("name", reference->name) : Json());
    }
    return json;
}

Result<access::Finding> decodeFinding(const Json& json)
{
    const auto code = textMember(json, "code");
    const auto severity = textMember(json, "severity");
    const auto message = textMember(json, "message");
    if (const auto read = firstError(code, severity, message); !read)
        return std::unexpected(read.error());
    if (!*code || !*message)
        return fail(ErrorCode::invalidArgument, "a finding must have a code and a message");
    access::Finding finding;
    finding.code = **code;
    finding.severity = access::severityFrom(severity->value_or("")).value_or(access::Finding::Severity::warning);
    finding.message = **message;
    for (const auto& [name, member] : kReferences) {
        const Json* reference = json.find(name);
        if (reference == nullptr || reference->isNull())
            continue;
        const auto id = textMember(*reference, "id");
        const auto its = textMember(*reference, "name");
        if (const auto read = firstError(id, its); !read)
            return std::unexpected(read.error());
        finding.*member = access::Finding::Reference{id->value_or(""), its->value_or("")};
    }
    return finding;
}

} // namespace latchkey::wire
