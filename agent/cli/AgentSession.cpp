// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "AgentSession.h"

#include "Await.h"

#include "agent/profiles/DataDirectory.h"

#include <QByteArray>

#include <algorithm>

namespace latchkey::cli {

namespace {

Result<profiles::AgentInfo> chooseAgent(const Context& context)
{
    const std::string directory = profiles::dataDirectoryPath(context.dataDirectory);
    if (auto info = profiles::findAgent(directory))
        return std::move(*info);
    const auto others = profiles::findAgents(directory);
    if (others.size() == 1 && context.dataDirectory.empty())
        return others.front();
    if (others.empty() || !context.dataDirectory.empty())
        return fail(ErrorCode::network, "No agent is running for " + directory
                                            + ". Start one with `latchkey-agent serve`, or open the Latchkey app.");
    std::string message = "Several agents are running; choose one with --data-dir:";
    for (const auto& other : others)
        message += "\n  " + other.dataDirectory;
    return fail(ErrorCode::invalidArgument, message);
}

template <typename T, typename Matches>
Result<T> onlyOne(std::vector<T> items, const std::string& kind, const std::string& text, Matches matches)
{
    std::erase_if(items, [&](const T& item) { return !matches(item); });
    if (items.size() == 1)
        return std::move(items.front());
    if (items.empty())
        return fail(ErrorCode::notFound, "No " + kind + " is called \"" + printable(text) + "\".");
    return fail(ErrorCode::invalidArgument, std::to_string(items.size()) + " " + kind + "s are called \"" + printable(text)
                                                + "\"; name one by its id.");
}

} // namespace

Result<std::unique_ptr<AgentSession>> AgentSession::open(Context& context)
{
    auto info = chooseAgent(context);
    if (!info)
        return std::unexpected(info.error());
    auto session = std::make_unique<AgentSession>();
    session->m_vault = vault::makeVault(profiles::vaultOptionsFor(*info, false));
    std::optional<SecretBytes> known;
    if (QByteArray preset = qgetenv("LATCHKEY_API_TOKEN"); !preset.isEmpty()) {
        known = SecretBytes(std::string_view(preset.constData(), static_cast<std::size_t>(preset.size())));
        base::wipe(preset);
    }
    profiles::AgentConnector connector(*session->m_vault, context.random);
    auto agent = await<profiles::ConnectedAgent>(
        [&](auto done) { connector.connectTo(std::move(*info), std::move(known), std::move(done)); });
    if (!agent)
        return std::unexpected(agent.error());
    session->m_agent = std::move(*agent);
    return session;
}

Result<access::ServiceToken> AgentSession::findToken(const std::string& text)
{
    auto tokens = await<std::vector<access::ServiceToken>>([&](auto done) { client().listAllTokens(std::move(done)); });
    if (!tokens)
        return std::unexpected(tokens.error());
    for (const auto& token : *tokens) {
        if (token.id.value == text || token.clientId.value == text)
            return token;
    }
    return onlyOne(std::move(*tokens), "token", text, [&](const access::ServiceToken& token) { return token.name == text; });
}

Result<access::Application> AgentSession::findApplication(const std::string& text)
{
    auto applications = await<std::vector<access::Application>>([&](auto done) { client().listAllApplications(std::move(done)); });
    if (!applications)
        return std::unexpected(applications.error());
    for (const auto& application : *applications) {
        if (application.id.value == text || application.audience.value == text)
            return application;
    }
    return onlyOne(std::move(*applications), "application", text,
                   [&](const access::Application& application) { return application.name == text; });
}

} // namespace latchkey::cli
