// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/vault/Vault.h"

#include <QtTest>

#include <optional>

namespace latchkey::vault::test {

/// Long enough for a loaded machine; nothing waits that long unless it fails.
inline constexpr int kPatience = 30'000;

/// Asks and waits; nullopt if no answer came.
template <typename T, typename Ask>
[[nodiscard]] std::optional<T> answerOf(Ask ask)
{
    // On the heap, so that an answer after our patience ran out does no harm.
    auto answer = std::make_shared<std::optional<T>>();
    ask([answer](T value) { answer->emplace(std::move(value)); });
    if (answer->has_value())
        return std::nullopt;   // From inside the call: against the contract.
    static_cast<void>(QTest::qWaitFor([&] { return answer->has_value(); }, kPatience));
    return std::move(*answer);
}

[[nodiscard]] inline ErrorCode codeOf(const std::optional<Error>& error)
{
    return error ? error->code : ErrorCode::internal;
}

/// The error of a call, `internal` with a word if it succeeded or never answered.
template <typename T>
[[nodiscard]] Error errorOf(const std::optional<Result<T>>& answer)
{
    if (!answer)
        return Error{ErrorCode::internal, "no answer", {}};
    return *answer ? Error{ErrorCode::internal, "success", {}} : answer->error();
}

[[nodiscard]] inline std::optional<Result<SecretBytes>> read(Vault& vault, const std::string& key)
{
    return answerOf<Result<SecretBytes>>([&](auto handler) { vault.read(key, std::move(handler)); });
}
[[nodiscard]] inline std::optional<Result<void>> write(Vault& vault, const std::string& key, std::string_view value)
{
    return answerOf<Result<void>>([&](auto handler) { vault.write(key, SecretBytes(value), std::move(handler)); });
}
[[nodiscard]] inline std::optional<Result<void>> remove(Vault& vault, const std::string& key)
{
    return answerOf<Result<void>>([&](auto handler) { vault.remove(key, std::move(handler)); });
}
[[nodiscard]] inline std::optional<Result<void>> unlock(Vault& vault)
{
    return answerOf<Result<void>>([&](auto handler) { vault.unlock(std::move(handler)); });
}
[[nodiscard]] inline std::optional<VaultState> stateOf(Vault& vault)
{
    return answerOf<VaultState>([&](auto handler) { vault.state(std::move(handler)); });
}

[[nodiscard]] inline bool succeeded(const std::optional<Result<void>>& answer)
{
    if (answer && !*answer)
        qWarning("%s / %s", answer->error().message.c_str(), answer->error().detail.c_str());
    return answer && answer->has_value();
}
[[nodiscard]] inline bool holds(const std::optional<Result<SecretBytes>>& answer, std::string_view value)
{
    if (answer && !*answer)
        qWarning("%s / %s", answer->error().message.c_str(), answer->error().detail.c_str());
    return answer && *answer && (*answer)->equals(value);
}

} // namespace latchkey::vault::test
