// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <QEventLoop>

#include <functional>
#include <optional>

namespace latchkey::cli {

/// Runs the event loop until an asynchronous call has answered. For the command line only, which has one thing to do.
///     auto token = await<access::ServiceToken>([&](auto done) { client.getToken(id, std::move(done)); });
template <typename T, typename Start>
[[nodiscard]] Result<T> await(Start start)
{
    QEventLoop loop;
    std::optional<Result<T>> answer;
    start(std::move_only_function<void(Result<T>)>([&](Result<T> result) {
        answer = std::move(result);
        loop.quit();
    }));
    if (!answer)
        loop.exec();
    if (!answer)
        return fail(ErrorCode::cancelled, "Interrupted.");
    return std::move(*answer);
}

} // namespace latchkey::cli
