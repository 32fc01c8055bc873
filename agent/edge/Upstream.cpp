// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Upstream.h"

#include "agent/http/UpstreamAddress.h"

namespace latchkey::edge {

Result<void> checkUpstream(std::string_view url)
{
    if (const auto address = http::UpstreamAddress::parse(url); !address)
        return std::unexpected(address.error());
    return {};
}

} // namespace latchkey::edge
