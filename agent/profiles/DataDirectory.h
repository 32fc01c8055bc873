// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/base/Error.h"

#include <cstdint>
#include <string>

namespace latchkey::profiles {

/// Where the agent keeps its data: `override` if not empty, else LATCHKEY_DATA_DIR, else the platform's place
/// (`$XDG_DATA_HOME/latchkey/agent`, `~/Library/Application Support/Latchkey/agent`, `%LOCALAPPDATA%\Latchkey\agent`).
/// An absolute path; nothing is made.
[[nodiscard]] std::string dataDirectoryPath(const std::string& override = {});

/// `<runtime dir>/latchkey` for discovery files, or empty where the platform has no runtime directory.
[[nodiscard]] std::string runtimeDirectoryPath();

/// A data directory that this process alone may use: made with mode 0700 if missing, held by a kernel lock
/// (flock, LockFileEx) on `<directory>/lock` that ends with the process, however it ends.
class DataDirectory {
public:
    /// ErrorCode::inUse when another process holds it, io when it cannot be made or written.
    [[nodiscard]] static Result<DataDirectory> lock(const std::string& path);
    DataDirectory(DataDirectory&& other) noexcept;
    DataDirectory& operator=(DataDirectory&&) = delete;
    ~DataDirectory();

    [[nodiscard]] const std::string& path() const { return m_path; }

private:
    DataDirectory(std::string path, std::intptr_t handle);

    std::string m_path;
    std::intptr_t m_handle;   ///< File descriptor or HANDLE.
};

} // namespace latchkey::profiles
