// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "BatchDialog.h"

#include <map>

namespace latchkey::ui {

class TextField;

/// Renames many tokens by one rule: replace a text in their names, put one before, put one after. Shows each new name
/// first; a name that would be empty or too long is left out and says so.
class RenameDialog final : public BatchDialog {
    Q_OBJECT

public:
    RenameDialog(const Theme& theme, std::vector<access::ServiceToken> tokens, const QString& account, QWidget* parent = nullptr);

    [[nodiscard]] std::string newName(const access::TokenId& id) const;

protected:
    void runningChanged(bool running) override;

private:
    TextField* addField(class QGridLayout& fields, int row, const QString& label, QLatin1StringView name);
    void plan();

    TextField* m_find;
    TextField* m_replace;
    TextField* m_before;
    TextField* m_after;
    std::map<access::TokenId, std::string> m_names;
};

} // namespace latchkey::ui
