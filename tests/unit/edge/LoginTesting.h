// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "EdgeTesting.h"

/// What the tests of sessions and logins share.
namespace edgeTesting {

/// `app.test` in legacy mode.
State legacyState(const std::string& upstream);
/// Token 1 by Service Auth, Ada by Allow; Bob is known and may not.
State stateWithPeople(const std::string& upstream);

/// A Cookie line with the session that the answer began, beside another cookie.
std::string cookieOf(const Message& answer);
/// The JWT in such a line.
std::string jwtOf(const std::string& cookieLine);
QString reasonOf(const Message& answer);

struct LoginPage {
    int status = 0;
    std::string action;   ///< Where its form goes for the address; empty: no such page.
    std::string cookie;   ///< A Cookie line with the form's nonce.
};
LoginPage readLoginPage(const Message& page, const std::string& email);
/// The page at `path`; `email` as a query writes it.
LoginPage openLogin(const World& world, const std::string& path, const std::string& email, std::string_view host = "app.test");
std::string post(const std::string& target, const std::string& headers, std::string_view host = "app.test");
/// All the way from `/private?a=1` to the answer that brings the session.
Message logIn(const World& world, const std::string& email);

} // namespace edgeTesting
