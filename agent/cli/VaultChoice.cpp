// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "VaultChoice.h"

#include "agent/store/Store.h"

#include <QFileInfo>

namespace latchkey::cli {

Result<vault::VaultKind> chooseVaultKind(const std::string& asked, const std::string& directory)
{
    if (!asked.empty())
        return vault::vaultKindFrom(asked);
    if (!QFileInfo::exists(QString::fromStdString(directory + "/latchkey.db")))
        return vault::VaultKind::os;
    auto store = store::Store::open(directory);
    if (!store)
        return std::unexpected(store.error());
    const auto settings = (*store)->settings();
    if (!settings)
        return std::unexpected(settings.error());
    return settings->has_value() ? vault::vaultKindFrom((*settings)->vaultKind) : vault::VaultKind::os;
}

} // namespace latchkey::cli
