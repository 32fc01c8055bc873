// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace latchkey::base {

/// What kind of thing went wrong: enough for a caller to choose what to do next (an exit code, an HTTP status, a
/// button to offer). The words for a person are in Error::message.
enum class ErrorCode {
    invalidArgument,   ///< What was asked is malformed; asking again unchanged cannot help.
    notFound,
    conflict,          ///< The state does not allow it (a name or precedence taken, a revision outdated).
    unauthenticated,   ///< No or wrong API token.
    forbidden,         ///< The API token lacks the right.
    rateLimited,
    portTaken,
    vaultLocked,       ///< The keychain is there and locked.
    vaultAbsent,       ///< No keychain service answers on this machine.
    vaultMissing,      ///< The keychain is open and the entry that must exist is not in it.
    vaultDenied,       ///< The keychain refused to read or write.
    timedOut,
    cancelled,
    inUse,             ///< Another process holds the data directory.
    damaged,           ///< Stored data does not read back as what was written.
    io,                ///< Disk, file or pipe.
    network,           ///< Connection refused, reset, name not resolved.
    protocol,          ///< The peer answered something that is not what the protocol says.
    unsupported,
    internal,
};

/// An error as a value. `message` is one sentence a person can act on; `detail` is for logs and bug reports
/// (a library's own words, a position). Neither ever holds a secret.
struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string message;
    std::string detail;

    bool operator==(const Error&) const = default;
};

template <typename T>
using Result = std::expected<T, Error>;

/// `return fail(ErrorCode::notFound, "No token has this id.");`
[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message, std::string detail = {})
{
    return std::unexpected(Error{code, std::move(message), std::move(detail)});
}

} // namespace latchkey::base

namespace latchkey {
using base::Error;
using base::ErrorCode;
using base::fail;
using base::Result;
} // namespace latchkey
