// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "AgentSession.h"
#include "Options.h"

#include <string>

namespace latchkey::cli {

/// What the `token` commands can be given.
struct TokenOptions {
    std::string name;       ///< Or id, or Client ID.
    std::string newName;
    std::string duration;
    std::string grace;
    std::string previousEnd;
    std::string search;
    bool keep = false;
    bool yes = false;
};

void showToken(const Context& context, const access::ServiceToken& token);
/// Shows a token that has a new secret, and the secret, or keeps that in the vault. The exit code.
[[nodiscard]] int tellIssued(const Context& context, AgentSession& session, const client::IssuedToken& issued, bool keep);

/// rotate, enable, disable, update.
void addTokenSecretCommands(Command group, Context& context);

} // namespace latchkey::cli
