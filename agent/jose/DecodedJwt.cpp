// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "DecodedJwt.h"

#include "agent/base/Encoding.h"

#include <utility>

namespace latchkey::jose {

namespace {

constexpr base::JsonLimits jwtLimits{.bytes = maxJwtBytes, .depth = 16};

std::unexpected<Error> malformed(std::string why)
{
    return fail(ErrorCode::invalidArgument, "This is not a JWT: " + std::move(why) + ".");
}

Result<Json> decodeObject(std::string_view part, const std::string& name)
{
    if (part.empty())
        return malformed("its " + name + " is empty");
    const auto bytes = base::fromBase64Url(part);
    if (!bytes)
        return malformed("its " + name + " is not base64url without padding");
    auto json = parseJson(*bytes, jwtLimits);
    if (!json)
        return fail(ErrorCode::invalidArgument, "The " + name + " of the JWT cannot be read. " + json.error().message);
    if (!json->isObject())
        return malformed("its " + name + " is not a JSON object");
    return std::move(*json);
}

} // namespace

Result<DecodedJwt> decodeJwt(std::string_view compact)
{
    if (compact.size() > maxJwtBytes)
        return malformed("it is longer than " + std::to_string(maxJwtBytes) + " bytes");
    const std::size_t first = compact.find('.');
    const std::size_t second = first == std::string_view::npos ? first : compact.find('.', first + 1);
    if (second == std::string_view::npos || compact.find('.', second + 1) != std::string_view::npos)
        return malformed("it does not have three parts with dots between them");

    auto header = decodeObject(compact.substr(0, first), "header");
    if (!header)
        return std::unexpected(std::move(header.error()));
    auto payload = decodeObject(compact.substr(first + 1, second - first - 1), "payload");
    if (!payload)
        return std::unexpected(std::move(payload.error()));
    auto signature = base::fromBase64Url(compact.substr(second + 1));
    if (!signature)
        return malformed("its signature is not base64url without padding");
    return DecodedJwt{std::move(*header), std::move(*payload), std::string(compact.substr(0, second)),
                      std::move(*signature)};
}

} // namespace latchkey::jose
