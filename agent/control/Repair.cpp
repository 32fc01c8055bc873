// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Repair.h"

#include "KeyMaker.h"
#include "Naming.h"
#include "Post.h"

#include "agent/jose/SigningKey.h"

#include <QObject>
#include <QPointer>

namespace latchkey::control {

namespace {

/// One repair under way; deletes itself when it has answered.
class Repair : public QObject {
public:
    Repair(std::string dataDirectory, Services services, QObject* context)
        : QObject(context)
        , m_directory(std::move(dataDirectory))
        , m_services(std::move(services))
    {
        post(this, [this] { open(); });
    }

protected:
    virtual void opened() = 0;
    virtual void failed(Error error) = 0;

    /// A handler that does nothing once we are gone.
    template <typename Argument, typename Handler>
    [[nodiscard]] std::move_only_function<void(Result<Argument>)> guarded(Handler handler)
    {
        return [self = QPointer<QObject>(this), handler = std::move(handler)](Result<Argument> result) mutable {
            if (self)
                handler(std::move(result));
        };
    }

    std::string m_directory;
    Services m_services;
    std::unique_ptr<store::Store> m_store;
    store::Settings m_settings;

private:
    void open()
    {
        if (auto ready = prepare(); !ready)
            failed(ready.error());
        else
            opened();
    }

    Result<void> prepare()
    {
        auto store = m_services.openStore(m_directory);
        if (!store)
            return std::unexpected(store.error());
        m_store = std::move(*store);
        auto settings = m_store->settings();
        if (!settings)
            return std::unexpected(settings.error());
        if (!*settings)
            return fail(ErrorCode::notFound, "No agent has been started in this data directory yet, so there is nothing to repair.");
        m_settings = std::move(**settings);
        const std::string kind(vault::code(m_services.vault.kind()));
        if (m_settings.vaultKind != kind)
            return fail(ErrorCode::invalidArgument, "This data directory keeps its secrets in the " + m_settings.vaultKind
                            + " vault, not in the " + kind + " vault.");
        if (m_services.vault.kind() == vault::VaultKind::memory)
            return fail(ErrorCode::unsupported,
                        "A memory vault has nothing to repair: it makes a new signing key at each start and takes the API token "
                        "from LATCHKEY_API_TOKEN.");
        return {};
    }
};

class ApiTokenRepair final : public Repair {
public:
    ApiTokenRepair(std::string dataDirectory, Services services, QObject* context, Answer<void> answer)
        : Repair(std::move(dataDirectory), std::move(services), context)
        , m_answer(std::move(answer))
    {
    }

private:
    void opened() override
    {
        m_services.vault.write(apiTokenKey(m_settings.agentId), generateApiToken(m_services.random),
                               guarded<void>([this](Result<void> written) { finish(std::move(written)); }));
    }

    void failed(Error error) override { finish(std::unexpected(std::move(error))); }

    void finish(Result<void> result)
    {
        deleteLater();
        m_store.reset();
        m_answer(std::move(result));
    }

    Answer<void> m_answer;
};

class SigningKeyRepair final : public Repair {
public:
    SigningKeyRepair(std::string dataDirectory, Services services, QObject* context, Answer<std::string> answer)
        : Repair(std::move(dataDirectory), std::move(services), context)
        , m_answer(std::move(answer))
    {
    }

private:
    void opened() override
    {
        auto keys = m_store->keys();
        if (!keys)
            return failed(keys.error());
        m_records = std::move(*keys);
        lookAt(0);
    }

    /// Which of the keys does the vault still have, whole?
    void lookAt(std::size_t index)
    {
        if (index == m_records.size())
            return make();
        const auto& record = m_records[index];
        m_services.vault.read(signingKeyKey(m_settings.agentId, record.kid),
                              guarded<SecretBytes>([this, index](Result<SecretBytes> read) {
                                  if (!read && read.error().code != ErrorCode::vaultMissing)
                                      return failed(read.error());
                                  m_isLost.push_back(!read || !isKey(*read, m_records[index]));
                                  lookAt(index + 1);
                              }));
    }

    static bool isKey(const SecretBytes& der, const store::KeyRecord& record)
    {
        const auto key = jose::SigningKey::fromPkcs8Der(der, record.createdAt);
        return key && (*key)->kid() == record.kid;
    }

    void make()
    {
        makeSigningKey(m_services.clock.now(), this, [this](Result<std::shared_ptr<const jose::SigningKey>> made) {
            if (!made)
                return failed(made.error());
            m_key = std::move(*made);
            auto der = m_key->toPkcs8Der();
            if (!der)
                return failed(der.error());
            // First the vault, then the row that asks for it.
            m_services.vault.write(signingKeyKey(m_settings.agentId, m_key->kid()), std::move(*der),
                                   guarded<void>([this](Result<void> written) {
                                       if (!written)
                                           return failed(written.error());
                                       finish(save());
                                   }));
        });
    }

    Result<std::string> save()
    {
        auto saved = saveRows();
        if (!saved) {
            m_store->rollback();
            return std::unexpected(saved.error());
        }
        return m_key->kid();
    }

    Result<void> saveRows()
    {
        if (auto begun = m_store->begin(); !begun)
            return begun;
        for (std::size_t i = 0; i < m_records.size(); ++i) {
            auto& record = m_records[i];
            Result<void> changed;
            if (m_isLost[i]) {
                changed = m_store->deleteKey(record.kid);
            } else if (!record.retiredAt) {
                record.retiredAt = m_key->createdAt();
                changed = m_store->saveKey(record);
            }
            if (!changed)
                return changed;
        }
        if (auto saved = m_store->saveKey({m_key->kid(), m_key->createdAt(), std::nullopt}); !saved)
            return saved;
        return m_store->commit();
    }

    void failed(Error error) override { finish(std::unexpected(std::move(error))); }

    void finish(Result<std::string> result)
    {
        deleteLater();
        m_store.reset();
        m_answer(std::move(result));
    }

    Answer<std::string> m_answer;
    std::vector<store::KeyRecord> m_records;
    std::vector<bool> m_isLost;
    std::shared_ptr<const jose::SigningKey> m_key;
};

} // namespace

void repairSigningKey(std::string dataDirectory, Services services, QObject* context, Answer<std::string> answer)
{
    new SigningKeyRepair(std::move(dataDirectory), std::move(services), context, std::move(answer));
}

void repairApiToken(std::string dataDirectory, Services services, QObject* context, Answer<void> answer)
{
    new ApiTokenRepair(std::move(dataDirectory), std::move(services), context, std::move(answer));
}

} // namespace latchkey::control
