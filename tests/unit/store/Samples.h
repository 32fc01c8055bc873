// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/store/Store.h"

#include <QTemporaryDir>

#include <memory>
#include <string>

namespace latchkey::store::test {

[[nodiscard]] inline std::chrono::sys_seconds at(long long seconds)
{
    return std::chrono::sys_seconds(std::chrono::seconds(seconds));
}

[[nodiscard]] inline std::string pathOf(const QTemporaryDir& directory)
{
    return directory.path().toStdString();
}

/// A token whose every field differs from its default; `number` makes it unique.
[[nodiscard]] access::TokenRecord fullToken(int number);
/// A token with only what must be there.
[[nodiscard]] access::TokenRecord plainToken(int number, const std::string& name);

/// An application with a rule of every kind.
[[nodiscard]] access::Application fullApplication(int number);

[[nodiscard]] LogRow logRow(int number);

/// The words of an error, for QVERIFY2.
template <typename T>
[[nodiscard]] std::string words(const Result<T>& result)
{
    return result ? std::string("no error") : result.error().message + " / " + result.error().detail;
}

} // namespace latchkey::store::test

/// Ends the test with the error's own words.
#define LATCHKEY_REQUIRE(result) \
    do { \
        const auto& latchkeyResult = (result); \
        QVERIFY2(latchkeyResult.has_value(), latchkey::store::test::words(latchkeyResult).c_str()); \
    } while (false)
