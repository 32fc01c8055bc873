// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "StartupSecrets.h"

#include "KeyMaker.h"
#include "Naming.h"
#include "Startup.h"

#include <QPointer>

#include <algorithm>

namespace latchkey::control {

namespace {

Error missing(std::string what, std::string command, std::string detail)
{
    return {ErrorCode::vaultMissing,
            "The " + what + " that belongs to this data directory is not in the keychain any more. Bring the entry back, or make a "
            "new one with `latchkey-agent repair " + command + "`.",
            std::move(detail)};
}

} // namespace

StartupSecrets::StartupSecrets(Request request, Services services, Handler handler)
    : m_request(std::move(request))
    , m_services(std::move(services))
    , m_handler(std::move(handler))
{
}

StartupSecrets::~StartupSecrets() = default;

/// A vault's answer that comes after we are gone is dropped.
template <typename Argument>
std::move_only_function<void(Result<Argument>)> StartupSecrets::guarded(std::move_only_function<void(Result<Argument>)> handler)
{
    return [self = QPointer<StartupSecrets>(this), handler = std::move(handler)](Result<Argument> result) mutable {
        if (self)
            handler(std::move(result));
    };
}

void StartupSecrets::begin()
{
    if (m_request.mayMake && !m_request.apiTokenPreset)
        writeApiToken(generateApiToken(m_services.random));
    else
        readApiToken();
}

void StartupSecrets::readApiToken()
{
    m_services.vault.read(apiTokenKey(m_request.agentId),
                          guarded<SecretBytes>([this](Result<SecretBytes> read) { apiTokenRead(std::move(read)); }));
}

void StartupSecrets::apiTokenRead(Result<SecretBytes> read)
{
    const bool isMissing = !read && read.error().code == ErrorCode::vaultMissing;
    if (!read && !isMissing)
        return done(std::unexpected(read.error()));

    auto& preset = m_request.apiTokenPreset;
    if (preset) {
        if (read && read->equals(*preset)) {
            m_secrets.apiToken = std::move(*read);
            return getKeys();
        }
        return writeApiToken(std::move(*preset));
    }
    if (isMissing)
        return done(std::unexpected(missing("API token", "--new-api-token", apiTokenKey(m_request.agentId))));
    m_secrets.apiToken = std::move(*read);
    getKeys();
}

void StartupSecrets::writeApiToken(SecretBytes token)
{
    m_secrets.apiToken = std::move(token);
    m_services.vault.write(apiTokenKey(m_request.agentId), m_secrets.apiToken.clone(),
                           guarded<void>([this](Result<void> written) {
                               if (!written)
                                   return done(std::move(written));
                               getKeys();
                           }));
}

void StartupSecrets::getKeys()
{
    if (m_request.mayMake || m_services.vault.kind() == vault::VaultKind::memory)
        return makeKey();

    const auto current = std::ranges::find_if(m_request.keys, [](const auto& key) { return !key.retiredAt; });
    if (current == m_request.keys.end())
        return done(fail(ErrorCode::damaged,
                         "The database names no signing key. Make a new one with `latchkey-agent repair --new-signing-key`."));
    readKey(*current, [this](std::shared_ptr<const jose::SigningKey> key) {
        m_secrets.keys.current = std::move(key);
        readPreviousKey();
    });
}

void StartupSecrets::readPreviousKey()
{
    const auto now = m_services.clock.now();
    const store::KeyRecord* previous = nullptr;
    for (const auto& key : m_request.keys) {
        const bool counts = key.retiredAt && *key.retiredAt + Startup::previousKeyLife > now;
        if (counts && (!previous || *previous->retiredAt < *key.retiredAt))
            previous = &key;
    }
    if (!previous)
        return done({});
    readKey(*previous, [this, until = *previous->retiredAt + Startup::previousKeyLife](std::shared_ptr<const jose::SigningKey> key) {
        m_secrets.keys.previous = std::move(key);
        m_secrets.keys.previousUntil = until;
        done({});
    });
}

void StartupSecrets::readKey(const store::KeyRecord& record, std::function<void(std::shared_ptr<const jose::SigningKey>)> next)
{
    const auto name = signingKeyKey(m_request.agentId, record.kid);
    m_services.vault.read(name, guarded<SecretBytes>([this, record, name, next = std::move(next)](Result<SecretBytes> read) {
        if (!read) {
            const bool isMissing = read.error().code == ErrorCode::vaultMissing;
            return done(std::unexpected(isMissing ? missing("signing key", "--new-signing-key", name) : read.error()));
        }
        auto key = jose::SigningKey::fromPkcs8Der(*read, record.createdAt);
        if (!key || (*key)->kid() != record.kid)
            return done(fail(ErrorCode::damaged,
                             "What the keychain holds as signing key is not the key of this data directory. Bring the entry back, or make "
                             "a new one with `latchkey-agent repair --new-signing-key`.",
                             name));
        next(std::move(*key));
    }));
}

void StartupSecrets::makeKey()
{
    makeSigningKey(m_services.clock.now(), this,
                   [this](Result<std::shared_ptr<const jose::SigningKey>> made) { keyMade(std::move(made)); });
}

void StartupSecrets::keyMade(Result<std::shared_ptr<const jose::SigningKey>> made)
{
    if (!made)
        return done(std::unexpected(made.error()));
    m_secrets.keys.current = *made;
    m_secrets.keyIsNew = true;
    auto der = (*made)->toPkcs8Der();
    if (!der)
        return done(std::unexpected(der.error()));
    m_services.vault.write(signingKeyKey(m_request.agentId, (*made)->kid()), std::move(*der),
                           guarded<void>([this](Result<void> written) { done(std::move(written)); }));
}

void StartupSecrets::done(Result<void> result)
{
    auto handler = std::exchange(m_handler, nullptr);
    if (result)
        handler(std::move(m_secrets));
    else
        handler(std::unexpected(std::move(result.error())));
}

} // namespace latchkey::control
