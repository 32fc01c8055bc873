// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ControlOptions.h"

#include "agent/jose/KeyRing.h"
#include "agent/store/Store.h"

#include <QObject>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace latchkey::control {

/// What an agent cannot start without.
struct Secrets {
    SecretBytes apiToken;
    jose::KeyRing keys;
    bool keyIsNew = false;   ///< The current key is in the vault, and not in the database yet.
};

/// Gets an agent's secrets out of its vault, or makes them where that is allowed: at the first start, and the signing key
/// with a memory vault at every start. A new key is in the vault before the database asks for it, so that a crash leaves
/// a key too many and never one too few. What is missing later is an error that names the way out, never made anew.
class StartupSecrets final : public QObject {
public:
    struct Request {
        std::string agentId;
        bool mayMake = false;                        ///< The first start.
        std::optional<SecretBytes> apiTokenPreset;
        std::vector<store::KeyRecord> keys;          ///< Newest first.
    };
    using Handler = std::move_only_function<void(Result<Secrets>)>;

    StartupSecrets(Request request, Services services, Handler handler);
    ~StartupSecrets() override;

    void begin();

private:
    void readApiToken();
    void apiTokenRead(Result<SecretBytes> read);
    void writeApiToken(SecretBytes token);
    void getKeys();
    void readKey(const store::KeyRecord& record, std::function<void(std::shared_ptr<const jose::SigningKey>)> next);
    void readPreviousKey();
    void makeKey();
    void keyMade(Result<std::shared_ptr<const jose::SigningKey>> made);
    void done(Result<void> result);

    template <typename Argument>
    [[nodiscard]] std::move_only_function<void(Result<Argument>)> guarded(std::move_only_function<void(Result<Argument>)> handler);

    Request m_request;
    Services m_services;
    Handler m_handler;
    Secrets m_secrets;
};

} // namespace latchkey::control
