// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokenChanges.h"

#include "Naming.h"

#include "agent/access/ClientSecret.h"

namespace latchkey::control {

namespace {

Result<access::TokenRecord> find(Transaction& transaction, const access::TokenId& id)
{
    auto record = transaction.store.token(id);
    if (!record)
        return std::unexpected(record.error());
    if (!*record)
        return std::unexpected(noSuchToken(id));
    return std::move(**record);
}

/// Shows the edge the token as it is now.
void publish(Transaction& transaction, const access::TokenRecord& record)
{
    auto& candidate = transaction.candidate;
    auto entry = std::make_shared<const access::TokenEntry>(access::entryFor(record, transaction.revision));
    candidate.state.tokens = candidate.state.tokens.with(std::move(entry));
    candidate.concernsEdge = true;
}

void cutOff(Transaction& transaction, const access::TokenId& id)
{
    if (const auto uuid = access::uuidBytes(id.value))
        transaction.candidate.cutOff.push_back(*uuid);
}

} // namespace

Error noSuchToken(const access::TokenId& id)
{
    return {ErrorCode::notFound, "No service token has the id " + id.value + '.', {}};
}

Result<IssuedToken> createToken(Transaction& transaction, const NewToken& wanted)
{
    if (auto checked = checkName(wanted.name, "A service token"); !checked)
        return std::unexpected(checked.error());

    IssuedToken issued{.token = {}, .secret = access::generateClientSecret(transaction.random)};
    auto& token = issued.token;
    token.id = {transaction.random.uuid()};
    token.clientId = {transaction.random.hex(16) + ".access"};
    token.name = wanted.name;
    token.duration = wanted.duration;
    token.createdAt = transaction.now;
    token.updatedAt = transaction.now;
    token.expiresAt = wanted.duration.endFrom(transaction.now);
    token.extra = wanted.extra;
    token.enabled = wanted.enabled;

    const access::TokenRecord record{token, {access::hashClientSecret(issued.secret.reveal()), std::nullopt}};
    if (auto inserted = transaction.store.insertToken(record); !inserted)
        return std::unexpected(inserted.error());
    publish(transaction, record);
    return issued;
}

Result<access::ServiceToken> updateToken(Transaction& transaction, const access::TokenId& id, const TokenChange& change)
{
    auto record = find(transaction, id);
    if (!record)
        return std::unexpected(record.error());
    if (change.name) {
        if (auto checked = checkName(*change.name, "A service token"); !checked)
            return std::unexpected(checked.error());
    }

    auto& token = record->token;
    if (change.clientSecretVersion.value_or(0) > token.clientSecretVersion)
        return fail(ErrorCode::unsupported, "This agent does not rotate secrets: leave client_secret_version as it is, or create "
                                            "another token.");
    const bool wasEnabled = token.enabled;
    token.name = change.name.value_or(token.name);
    token.enabled = change.enabled.value_or(token.enabled);
    token.extra = change.extra.value_or(token.extra);
    if (change.duration) {
        token.duration = *change.duration;
        token.expiresAt = change.duration->endFrom(transaction.now);
    }
    token.updatedAt = transaction.now;

    if (auto updated = transaction.store.updateToken(*record); !updated)
        return std::unexpected(updated.error());
    if (change.duration || token.enabled != wasEnabled)
        publish(transaction, *record);
    if (wasEnabled && !token.enabled)
        cutOff(transaction, id);
    return std::move(token);
}

Result<access::ServiceToken> refreshToken(Transaction& transaction, const access::TokenId& id)
{
    auto record = find(transaction, id);
    if (!record)
        return std::unexpected(record.error());
    auto& token = record->token;
    if (!token.expiresAt)
        return std::move(token);

    token.duration = access::Duration::oneYear();
    token.expiresAt = token.duration.endFrom(transaction.now);
    token.updatedAt = transaction.now;
    if (auto updated = transaction.store.updateToken(*record); !updated)
        return std::unexpected(updated.error());
    publish(transaction, *record);
    return std::move(token);
}

Result<access::ServiceToken> deleteToken(Transaction& transaction, const access::TokenId& id)
{
    auto record = find(transaction, id);
    if (!record)
        return std::unexpected(record.error());
    if (auto deleted = transaction.store.deleteToken(id); !deleted)
        return std::unexpected(deleted.error());
    auto& candidate = transaction.candidate;
    candidate.state.tokens = candidate.state.tokens.without(record->token.clientId.value);
    candidate.concernsEdge = true;
    cutOff(transaction, id);
    return std::move(record->token);
}

} // namespace latchkey::control
