// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ManagementClient.h"

#include <utility>
#include <vector>

namespace latchkey::client {

// What the calls of ManagementClient make of envelopes; of this room only.

/// Turns a decoder of results into what send() calls back.
template <typename T, typename Decode>
Handler<wire::Envelope> decoding(Decode decode, Handler<T> handler)
{
    return [decode, handler = std::move(handler)](Result<wire::Envelope> envelope) mutable {
        if (!envelope) {
            handler(std::unexpected(envelope.error()));
            return;
        }
        auto value = decode(std::move(envelope->result));
        if (value)
            handler(std::move(*value));
        else
            handler(fail(ErrorCode::protocol, "The server's answer cannot be understood.", value.error().message));
    };
}

template <typename T>
Result<std::vector<T>> itemsFrom(const Json& result, Result<T> (*decode)(const Json&))
{
    const JsonArray* array = result.asArray();
    if (array == nullptr)
        return fail(ErrorCode::protocol, "a list must be an array");
    std::vector<T> items;
    items.reserve(array->size());
    for (const Json& json : *array) {
        auto item = decode(json);
        if (item)
            items.push_back(std::move(*item));
        else if (item.error().code != ErrorCode::unsupported)   // kinds we do not deal in, such as SaaS applications
            return std::unexpected(item.error());
    }
    return items;
}

} // namespace latchkey::client
