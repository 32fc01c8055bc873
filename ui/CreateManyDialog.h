// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "BatchDialog.h"

#include <string>
#include <unordered_set>

namespace latchkey::ui {

/// Creates a token for each name: the plan, the run, the outcome of each. Until they exist they go by ids of the dialog's own,
/// which nothing outside it knows: nameOf() tells whose turn it is.
class CreateManyDialog final : public BatchDialog {
    Q_OBJECT

public:
    /// `taken`: names that tokens have already; another of that name is possible, and pointed out.
    CreateManyDialog(const Theme& theme, const std::vector<std::string>& names, const access::Duration& duration, const QString& account,
                     const std::unordered_set<std::string>& taken, std::chrono::sys_seconds now, QWidget* parent = nullptr);

    [[nodiscard]] const std::string& nameOf(const access::TokenId& id) const;
    [[nodiscard]] const access::Duration& duration() const { return m_duration; }

private:
    access::Duration m_duration;
};

} // namespace latchkey::ui
