// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Leftovers.h"

#include "Naming.h"

#include "agent/store/Backup.h"
#include "agent/store/Store.h"

#include <QFile>
#include <QTemporaryDir>

#include <utility>

namespace latchkey::control {

namespace {

Result<Leftovers> readFrom(const std::string& directory)
{
    const auto store = store::Store::open(directory);
    if (!store)
        return std::unexpected(store.error());
    const auto settings = (*store)->settings();
    if (!settings)
        return std::unexpected(settings.error());
    if (!*settings)
        return Leftovers();
    const auto keys = (*store)->keys();
    if (!keys)
        return std::unexpected(keys.error());
    const auto tokens = (*store)->allTokens();
    if (!tokens)
        return std::unexpected(tokens.error());

    Leftovers leftovers = leftoversOf((*settings)->agentId, (*settings)->vaultKind);
    for (const auto& token : *tokens)
        leftovers.entries.push_back("profile/" + leftovers.agentId + "/client-secret/" + token.token.id.value);
    for (const auto& key : *keys)
        leftovers.entries.push_back(signingKeyKey(leftovers.agentId, key.kid));
    return leftovers;
}

/// Of the newest backup that can be read. Read in a copy: opening one may bring it up to date.
Leftovers readFromBackups(const std::string& directory)
{
    for (const auto day : store::backups(directory)) {
        const QTemporaryDir copy;
        const auto backup = QString::fromStdString(directory + "/backups/latchkey-" + store::dayText(day) + ".db");
        if (!copy.isValid() || !QFile::copy(backup, copy.filePath(QStringLiteral("latchkey.db"))))
            continue;
        if (auto leftovers = readFrom(copy.path().toStdString()))
            return std::move(*leftovers);
    }
    return {};
}

} // namespace

Leftovers leftoversOf(const std::string& agentId, const std::string& vaultKind)
{
    return {agentId, vaultKind, {"profile/" + agentId + "/api-token", authorityKey(agentId), apiTokenKey(agentId)}, {}};
}

Result<Leftovers> leftoversIn(const std::string& dataDirectory)
{
    const bool isThere = QFile::exists(QString::fromStdString(dataDirectory + "/latchkey.db"));
    auto leftovers = isThere ? readFrom(dataDirectory) : Result<Leftovers>(fail(ErrorCode::damaged, "The database of " + dataDirectory + " is missing."));
    if (leftovers || leftovers.error().code != ErrorCode::damaged)
        return leftovers;
    Leftovers known = readFromBackups(dataDirectory);
    known.damage = leftovers.error();
    return known;
}

} // namespace latchkey::control
