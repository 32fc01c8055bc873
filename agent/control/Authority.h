// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Commands.h"
#include "KeyBundle.h"

#include "agent/base/Clock.h"
#include "agent/base/Log.h"
#include "agent/jose/LocalCa.h"
#include "agent/vault/Vault.h"

#include <QObject>

#include <memory>
#include <string>
#include <vector>

namespace latchkey::control {

/// The agent's local certificate authority: made when it is first asked for; its key in the vault, its certificate (public)
/// in `<data-dir>/ca.pem`. A host that the certificate does not permit, or its last month, makes a new certificate of the same
/// key: whoever trusts the old one still reaches the old hosts, and has to trust the new one for the new hosts, which the log
/// and `latchkey-agent trust show` say. A memory vault makes a new key at each start. Lives on the control thread.
class Authority final : public QObject {
public:
    struct Dependencies {
        vault::Vault& vault;
        const Clock& clock;
        Log& log;
        std::string agentId;
        std::string dataDirectory;
        std::string teamHost;
    };

    explicit Authority(Dependencies dependencies);

    /// Loads or makes it, good for these hosts of applications and the team's own. Answers later, once.
    /// Errors: those of the vault; vaultMissing when ca.pem is there and its key is not; damaged; io.
    void obtain(std::vector<std::string> hosts, Answer<std::shared_ptr<const jose::LocalCa>> answer);

    /// The authority as a backup holds it, if there is one: none is made for it. Answers later, once. Errors as obtain()'s.
    void backUp(Answer<std::optional<KeyBundle::Authority>> answer);
    /// Whether this certificate is in force here.
    [[nodiscard]] bool isInForce(const std::string& certificatePem) const;
    /// Takes the place of the one there is, for these hosts; a host that its certificate does not permit makes a new one of
    /// the same key. Answers the authority in force. Errors: those of the vault, io, conflict while one is just being made.
    void restore(KeyBundle::Authority wanted, std::vector<std::string> hosts, Answer<std::shared_ptr<const jose::LocalCa>> answer);

    /// The applications have these hosts now: the new authority if the one in use does not permit them all, else nullptr.
    [[nodiscard]] std::shared_ptr<const jose::LocalCa> follow(std::vector<std::string> hosts);

    [[nodiscard]] static std::string certificatePath(const std::string& dataDirectory) { return dataDirectory + "/ca.pem"; }

private:
    void keyRead(Result<SecretBytes> key);
    void create();
    [[nodiscard]] Result<std::shared_ptr<const jose::LocalCa>> load(const SecretBytes& key);
    [[nodiscard]] Result<std::shared_ptr<const jose::LocalCa>> remake(const SecretBytes& key);
    [[nodiscard]] std::string savedCertificate() const;
    [[nodiscard]] Result<void> saveCertificate(const jose::LocalCa& authority) const;
    void done(Result<std::shared_ptr<const jose::LocalCa>> result);
    void setHosts(std::vector<std::string> hosts);
    [[nodiscard]] std::string name() const;
    [[nodiscard]] std::string path() const { return certificatePath(m_with.dataDirectory); }

    Dependencies m_with;
    std::vector<std::string> m_hosts;
    std::shared_ptr<const jose::LocalCa> m_current;
    std::vector<Answer<std::shared_ptr<const jose::LocalCa>>> m_waiting;   // for one and the same answer
};

} // namespace latchkey::control
