// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace latchkey::profiles {

/// What a running agent tells of itself in its discovery file. Never a secret, and never to be trusted before the agent
/// at `api` has proved that it knows the API token (AgentConnector).
struct AgentInfo {
    std::string agentId;
    std::string version;
    std::int64_t pid = 0;
    std::string startedAt;   ///< RFC 3339.
    std::string api;         ///< `http://127.0.0.1:8401/client/v4`
    std::string edge;        ///< `http://127.0.0.1:8400`
    std::string edgeTls;     ///< Empty: none.
    std::string dataDirectory;
    std::string vault;       ///< `os`, `file`, `memory`

    bool operator==(const AgentInfo&) const = default;
};

/// The discovery file of one agent: `<runtime dir>/latchkey/<agent-id>.json`, or `<data dir>/run.json` where there is no
/// runtime directory. Written 0600 by an atomic rename once the agent is ready, removed when this object goes.
class DiscoveryFile {
public:
    [[nodiscard]] static Result<DiscoveryFile> publish(const AgentInfo& info);
    DiscoveryFile(DiscoveryFile&& other) noexcept;
    DiscoveryFile& operator=(DiscoveryFile&&) = delete;
    ~DiscoveryFile();

private:
    explicit DiscoveryFile(std::string path);
    std::string m_path;
};

/// The agents whose files are there, running or not: those of the runtime directory and of `dataDirectory`. Files that
/// others could have written (foreign owner, writable by group or others) and rubbish are passed over.
[[nodiscard]] std::vector<AgentInfo> findAgents(const std::string& dataDirectory);

/// The agent of this data directory among them.
[[nodiscard]] std::optional<AgentInfo> findAgent(const std::string& dataDirectory);

} // namespace latchkey::profiles
