// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "GuidedRotation.h"
#include "StateFile.h"

namespace latchkey::app {

/// The guided rotations that are not done, of all profiles, in one file; written before each of their steps.
class RotationStore {
public:
    explicit RotationStore(QString path) : m_file(std::move(path)) { }

    /// Puts it in place of the one of the same profile and token; one that is done is taken out.
    [[nodiscard]] Result<void> save(const GuidedRotation& rotation);
    [[nodiscard]] std::vector<GuidedRotation> unfinished(const std::string& profileId) const;
    [[nodiscard]] std::optional<GuidedRotation> find(const std::string& profileId, const access::TokenId& token) const;

private:
    StateFile m_file;
};

} // namespace latchkey::app
