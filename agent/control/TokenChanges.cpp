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

/// Puts a new secret in the place of the current one, in the record only. Without an end the old one ends now; it is kept
/// nevertheless, so that its end can still be moved, and that whoever still sends it is told why it is refused.
SecretBytes rotate(Transaction& transaction, access::TokenRecord& record, int version, std::optional<std::chrono::sys_seconds> previousEnd)
{
    auto secret = access::generateClientSecret(transaction.random);
    record.secrets.previous = record.secrets.current;
    record.secrets.current = access::hashClientSecret(secret.reveal());
    record.token.previousClientSecretExpiresAt = previousEnd.value_or(transaction.now);
    record.token.clientSecretVersion = version;
    record.token.updatedAt = transaction.now;
    return secret;
}

/// Requests under way do not know which of the two secrets let them in. So when the previous one has ended by decree, all
/// of the token's end; clients with the new secret come back at once.
void cutOffPrevious(Transaction& transaction, const access::TokenRecord& record)
{
    if (record.secrets.previous && record.token.previousClientSecretExpiresAt <= transaction.now)
        cutOff(transaction, record.token.id);
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

    access::TokenRecord record{token, {access::hashClientSecret(issued.secret.reveal()), std::nullopt}, {}};
    if (const auto delay = transaction.candidate.state.organization->activationDelay; delay.count() > 0)
        record.activeFrom = transaction.now + delay;
    if (auto inserted = transaction.store.insertToken(record); !inserted)
        return std::unexpected(inserted.error());
    publish(transaction, record);
    return issued;
}

Result<IssuedToken> rotateToken(Transaction& transaction, const access::TokenId& id, std::optional<std::chrono::sys_seconds> previousEnd)
{
    auto record = find(transaction, id);
    if (!record)
        return std::unexpected(record.error());
    auto secret = rotate(transaction, *record, record->token.clientSecretVersion + 1, previousEnd);
    if (auto updated = transaction.store.updateToken(*record); !updated)
        return std::unexpected(updated.error());
    publish(transaction, *record);
    cutOffPrevious(transaction, *record);
    return IssuedToken{.token = std::move(record->token), .secret = std::move(secret)};
}

Result<UpdatedToken> updateToken(Transaction& transaction, const access::TokenId& id, const TokenChange& change)
{
    auto record = find(transaction, id);
    if (!record)
        return std::unexpected(record.error());
    if (change.name) {
        if (auto checked = checkName(*change.name, "A service token"); !checked)
            return std::unexpected(checked.error());
    }

    auto& token = record->token;
    const bool wasEnabled = token.enabled;
    const bool rotates = change.clientSecretVersion.value_or(0) > token.clientSecretVersion;
    const bool movesEnd = !rotates && change.previousSecretEnd && record->secrets.previous
                          && change.previousSecretEnd != token.previousClientSecretExpiresAt;
    UpdatedToken result;
    if (rotates)
        result.secret = rotate(transaction, *record, *change.clientSecretVersion, change.previousSecretEnd);
    else if (movesEnd)
        token.previousClientSecretExpiresAt = change.previousSecretEnd;
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
    if (change.duration || token.enabled != wasEnabled || rotates || movesEnd)
        publish(transaction, *record);
    if (wasEnabled && !token.enabled)
        cutOff(transaction, id);
    else if (rotates || movesEnd)
        cutOffPrevious(transaction, *record);
    result.token = std::move(token);
    return result;
}

Result<access::TokenRecord> insertToken(Transaction& transaction, access::TokenRecord wanted)
{
    auto& token = wanted.token;
    if (token.id.isEmpty())
        token.id = {transaction.random.uuid()};
    if (!access::uuidBytes(token.id.value))
        return fail(ErrorCode::invalidArgument, "id must be a UUID in lower case");
    if (token.clientId.isEmpty())
        token.clientId = {transaction.random.hex(16) + ".access"};
    if (!access::isClientId(token.clientId.value))
        return fail(ErrorCode::invalidArgument, "client_id must be 32 lower-case hexadecimal digits and .access");
    if (auto checked = checkName(token.name, "A service token"); !checked)
        return std::unexpected(checked.error());
    if (!token.expiresAt)
        token.expiresAt = token.duration.endFrom(transaction.now);
    if (token.createdAt == std::chrono::sys_seconds{})
        token.createdAt = transaction.now;
    if (token.updatedAt == std::chrono::sys_seconds{})
        token.updatedAt = token.createdAt;
    if (auto inserted = transaction.store.insertToken(wanted); !inserted)
        return std::unexpected(inserted.error());
    publish(transaction, wanted);
    return wanted;
}

Result<void> replaceToken(Transaction& transaction, const access::TokenRecord& before, const access::TokenRecord& wanted)
{
    if (auto checked = checkName(wanted.token.name, "A service token"); !checked)
        return checked;
    access::TokenRecord next = wanted;
    if (next.token.updatedAt == before.token.updatedAt)
        next.token.updatedAt = transaction.now;
    if (auto updated = transaction.store.updateToken(next); !updated)
        return updated;
    publish(transaction, next);
    if (!next.token.enabled || next.secrets != before.secrets)
        cutOff(transaction, next.token.id);
    return {};
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
