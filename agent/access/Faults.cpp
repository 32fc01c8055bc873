// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Faults.h"

#include "agent/base/Encoding.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace latchkey::access {

namespace {

template <typename Fault>
std::optional<Fault> faultFrom(std::string_view word, Fault last)
{
    for (int value = 1; value <= static_cast<int>(last); ++value) {
        if (code(static_cast<Fault>(value)) == word)
            return static_cast<Fault>(value);
    }
    return std::nullopt;
}

/// The number behind `name=`.
std::optional<std::int64_t> numberOf(std::string_view word, std::string_view name)
{
    if (!word.starts_with(name))
        return std::nullopt;
    word.remove_prefix(name.size());
    std::int64_t number = 0;
    const auto read = std::from_chars(word.data(), word.data() + word.size(), number);
    if (read.ec != std::errc() || read.ptr != word.data() + word.size())
        return std::nullopt;
    return number;
}

} // namespace

std::string_view code(JwtFault fault)
{
    switch (fault) {
    case JwtFault::none: return "";
    case JwtFault::expired: return "expired";
    case JwtFault::notYetValid: return "not_yet_valid";
    case JwtFault::wrongAudience: return "wrong_audience";
    case JwtFault::wrongIssuer: return "wrong_issuer";
    case JwtFault::badSignature: return "bad_signature";
    case JwtFault::algNone: return "alg_none";
    case JwtFault::hs256: return "hs256";
    case JwtFault::unknownKid: return "unknown_kid";
    case JwtFault::missing: return "no_assertion";
    }
    return "";
}

std::string_view code(CertsFault fault)
{
    switch (fault) {
    case CertsFault::none: return "";
    case CertsFault::unavailable: return "certs_503";
    case CertsFault::slow: return "certs_slow";
    case CertsFault::empty: return "certs_empty";
    case CertsFault::stale: return "certs_stale";
    }
    return "";
}

std::string describe(const Faults& faults)
{
    std::string text;
    const auto add = [&text](std::string_view word) {
        if (word.empty())
            return;
        if (!text.empty())
            text += ", ";
        text += word;
    };
    add(code(faults.jwt));
    add(code(faults.certs));
    if (faults.clockOffset.count() != 0)
        add("clock_offset=" + std::to_string(faults.clockOffset.count()));
    if (faults.latency.count() != 0)
        add("latency=" + std::to_string(faults.latency.count()));
    return text;
}

Result<void> addFaults(Faults& faults, std::string_view list)
{
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        std::string_view word = list.substr(0, comma);
        list.remove_prefix(std::min(comma + 1, list.size()));
        while (!word.empty() && (word.front() == ' ' || word.front() == '\t'))
            word.remove_prefix(1);
        while (!word.empty() && (word.back() == ' ' || word.back() == '\t'))
            word.remove_suffix(1);
        if (word.empty())
            continue;
        if (const auto jwt = faultFrom(word, JwtFault::missing)) {
            faults.jwt = *jwt;
        } else if (const auto certs = faultFrom(word, CertsFault::stale)) {
            faults.certs = *certs;
        } else if (const auto latency = numberOf(word, "latency="); latency && *latency >= 0 && *latency <= longestLatency.count()) {
            faults.latency = std::chrono::milliseconds(*latency);
        } else if (const auto offset = numberOf(word, "clock_offset="); offset && *offset > -1'000'000'000 && *offset < 1'000'000'000) {
            faults.clockOffset = std::chrono::seconds(*offset);
        } else {
            return fail(ErrorCode::invalidArgument, base::inQuotes(word.substr(0, 50)) + " is no fault. There are expired, not_yet_valid, "
                            "wrong_audience, wrong_issuer, bad_signature, alg_none, hs256, unknown_kid, no_assertion, certs_503, "
                            "certs_slow, certs_empty, certs_stale, latency=MILLISECONDS (at most 60000) and clock_offset=SECONDS.");
        }
    }
    return {};
}

} // namespace latchkey::access
