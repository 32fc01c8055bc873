// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "KeyCodec.h"

#include "Members.h"

#include "agent/base/Rfc3339.h"

namespace latchkey::wire {

namespace {

constexpr std::string_view kInterval = "key_rotation_interval_days";
constexpr std::string_view kLast = "last_key_rotation_at";

} // namespace

Json encode(const access::KeyRotation& rotation, std::chrono::sys_seconds now)
{
    return Json::object()
        .set(kInterval, rotation.intervalDays)
        .set(kLast, base::formatRfc3339(rotation.lastAt))
        .set("days_until_next_rotation", rotation.daysLeft(now));
}

Result<access::KeyRotation> decodeKeyRotation(const Json& json)
{
    const auto interval = integerMember(json, kInterval);
    const auto last = timeMember(json, kLast);
    if (auto read = firstError(interval, last); !read)
        return std::unexpected(read.error());
    access::KeyRotation rotation;
    rotation.intervalDays = static_cast<int>(std::clamp<std::int64_t>(interval->value_or(rotation.intervalDays), 1, 36'500));
    rotation.lastAt = last->value_or(rotation.lastAt);
    return rotation;
}

Result<int> decodeKeyUpdate(std::string_view body)
{
    const auto json = parseJson(body);
    if (!json)
        return std::unexpected(json.error());
    if (!json->isObject())
        return fail(ErrorCode::invalidArgument, "the body must be a JSON object");
    const auto days = integerMember(*json, kInterval);
    if (!days)
        return std::unexpected(days.error());
    using access::KeyRotation;
    if (!*days || **days < KeyRotation::fewestDays || **days > KeyRotation::mostDays)
        return fail(ErrorCode::invalidArgument, std::string(kInterval) + " must be a whole number from "
                                                    + std::to_string(KeyRotation::fewestDays) + " to "
                                                    + std::to_string(KeyRotation::mostDays));
    return static_cast<int>(**days);
}

} // namespace latchkey::wire
