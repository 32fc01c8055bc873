// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Authority.h"

#include "Naming.h"
#include "Post.h"

#include <QFile>
#include <QPointer>
#include <QSaveFile>

#include <utility>

namespace latchkey::control {

namespace {

constexpr qint64 largestCertificate = 1 << 20;

} // namespace

Authority::Authority(Dependencies dependencies)
    : m_with(std::move(dependencies))
{
}

std::string Authority::name() const
{
    return m_with.agentId.substr(0, 8);
}

void Authority::setHosts(std::vector<std::string> hosts)
{
    hosts.push_back(m_with.teamHost);
    m_hosts = std::move(hosts);
}

void Authority::obtain(std::vector<std::string> hosts, Answer<std::shared_ptr<const jose::LocalCa>> answer)
{
    m_waiting.push_back(std::move(answer));
    if (m_waiting.size() > 1)
        return;
    setHosts(std::move(hosts));
    if (m_current)
        return post(this, [this] { done(m_current); });
    m_with.vault.read(authorityKey(m_with.agentId), [self = QPointer<Authority>(this)](Result<SecretBytes> key) {
        if (self)
            self->keyRead(std::move(key));
    });
}

void Authority::keyRead(Result<SecretBytes> key)
{
    if (key)
        return done(load(*key));
    if (key.error().code != ErrorCode::vaultMissing)
        return done(std::unexpected(key.error()));
    if (m_with.vault.kind() != vault::VaultKind::memory && QFile::exists(QString::fromStdString(path())))
        return done(fail(ErrorCode::vaultMissing,
                         "The key of the local certificate authority is not in the keychain any more. Bring the entry back, or "
                         "delete " + path() + " to make a new authority, which has to be trusted again.",
                         authorityKey(m_with.agentId)));
    create();
}

void Authority::create()
{
    auto made = jose::LocalCa::create(name(), m_hosts, m_with.clock.now());
    auto key = made ? (*made)->toPkcs8Der() : Result<SecretBytes>(std::unexpected(made.error()));
    if (!key)
        return post(this, [this, error = key.error()] { done(std::unexpected(error)); });
    // The key is in the vault before the file says that it must be.
    m_with.vault.write(authorityKey(m_with.agentId), std::move(*key),
                       [self = QPointer<Authority>(this), made = std::move(*made)](Result<void> written) {
                           if (!self)
                               return;
                           if (written)
                               written = self->saveCertificate(*made);
                           if (!written)
                               return self->done(std::unexpected(written.error()));
                           self->m_with.log.write(Log::Level::info, "a local certificate authority was made",
                                                  {{"sha256", made->fingerprint()}});
                           self->done(made);
                       });
}

Result<std::shared_ptr<const jose::LocalCa>> Authority::load(const SecretBytes& key)
{
    QFile file(QString::fromStdString(path()));
    if (!file.exists()) // a crash between the vault and the file, or somebody wants a new certificate
        return remake(key);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorCode::io, path() + " cannot be read.", file.errorString().toStdString());
    auto loaded = jose::LocalCa::load(key, file.read(largestCertificate).toStdString());
    if (!loaded)
        return fail(ErrorCode::damaged,
                    path() + " is not the certificate of this agent's authority. Delete it to make a new one, which has to be trusted "
                             "again.",
                    loaded.error().message);
    if (!(*loaded)->serves(m_hosts, m_with.clock.now()))
        return remake(key);
    return loaded;
}

Result<std::shared_ptr<const jose::LocalCa>> Authority::remake(const SecretBytes& key)
{
    auto made = jose::LocalCa::remake(key, name(), m_hosts, m_with.clock.now());
    if (!made)
        return made;
    if (auto saved = saveCertificate(**made); !saved)
        return std::unexpected(saved.error());
    m_with.log.write(Log::Level::warning,
                     "the local certificate authority has a new certificate; where the old one is trusted, run "
                     "`latchkey-agent trust install` again",
                     {{"sha256", (*made)->fingerprint()}});
    return made;
}

std::string Authority::savedCertificate() const
{
    QFile file(QString::fromStdString(path()));
    return file.open(QIODevice::ReadOnly) ? file.read(largestCertificate).toStdString() : std::string();
}

bool Authority::isInForce(const std::string& certificatePem) const
{
    return (m_current ? m_current->certificatePem() : savedCertificate()) == certificatePem;
}

void Authority::backUp(Answer<std::optional<KeyBundle::Authority>> answer)
{
    if (!m_current && !QFile::exists(QString::fromStdString(path())))
        return post(this, [answer = std::move(answer)]() mutable { answer(std::nullopt); });
    m_with.vault.read(authorityKey(m_with.agentId), [self = QPointer<Authority>(this), answer = std::move(answer)](Result<SecretBytes> key) mutable {
        if (!self)
            return;
        if (!key)
            return answer(std::unexpected(key.error()));
        std::string pem = self->m_current ? self->m_current->certificatePem() : self->savedCertificate();
        if (const auto pair = jose::LocalCa::load(*key, pem); !pair)
            return answer(fail(ErrorCode::damaged, self->path() + " is not the certificate of this agent's authority.", pair.error().message));
        answer(KeyBundle::Authority{std::move(*key), std::move(pem)});
    });
}

void Authority::restore(KeyBundle::Authority wanted, std::vector<std::string> hosts, Answer<std::shared_ptr<const jose::LocalCa>> answer)
{
    auto loaded = jose::LocalCa::load(wanted.key, wanted.certificatePem);
    if (loaded && !m_waiting.empty())
        loaded = fail(ErrorCode::conflict, "The local certificate authority is being made just now. Try again in a moment.");
    if (!loaded)
        return post(this, [answer = std::move(answer), error = loaded.error()]() mutable { answer(std::unexpected(error)); });
    // Who asks for the authority meanwhile waits for this one.
    m_waiting.push_back(std::move(answer));
    setHosts(std::move(hosts));
    auto copy = wanted.key.clone();
    m_with.vault.write(authorityKey(m_with.agentId), std::move(copy),
                       [self = QPointer<Authority>(this), wanted = std::move(wanted), loaded = std::move(*loaded)](Result<void> written) mutable {
                           if (!self)
                               return;
                           if (!written)
                               return self->done(std::unexpected(written.error()));
                           if (!loaded->serves(self->m_hosts, self->m_with.clock.now()))
                               return self->done(self->remake(wanted.key));
                           if (auto saved = self->saveCertificate(*loaded); !saved)
                               return self->done(std::unexpected(saved.error()));
                           self->done(std::move(loaded));
                       });
}

std::shared_ptr<const jose::LocalCa> Authority::follow(std::vector<std::string> hosts)
{
    if (!m_current)
        return nullptr;
    setHosts(std::move(hosts));
    if (m_current->serves(m_hosts, m_with.clock.now()))
        return nullptr;
    auto key = m_current->toPkcs8Der();
    auto made = key ? remake(*key) : Result<std::shared_ptr<const jose::LocalCa>>(std::unexpected(key.error()));
    if (!made) {
        m_with.log.write(Log::Level::error, "the local certificate authority could not be made anew; new hosts get no certificate",
                         {{"why", made.error().message}, {"detail", made.error().detail}});
        return nullptr;
    }
    m_current = std::move(*made);
    return m_current;
}

Result<void> Authority::saveCertificate(const jose::LocalCa& authority) const
{
    QSaveFile file(QString::fromStdString(path()));
    const QByteArray bytes = QByteArray::fromStdString(authority.certificatePem());
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        return fail(ErrorCode::io, path() + " cannot be written.", file.errorString().toStdString());
    return {};
}

void Authority::done(Result<std::shared_ptr<const jose::LocalCa>> result)
{
    if (result)
        m_current = *result;
    for (auto& answer : std::exchange(m_waiting, {}))
        answer(result);
}

} // namespace latchkey::control
