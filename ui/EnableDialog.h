// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "BatchDialog.h"
#include "DateText.h"

#include "agent/access/Application.h"

#include <chrono>

namespace latchkey::ui {

/// Enables or disables tokens. Says what a disable stops, and leaves out those that are so already.
class EnableDialog final : public BatchDialog {
    Q_OBJECT

public:
    struct Facts {
        std::vector<access::ServiceToken> tokens;
        const std::vector<access::Application>& applications;
        QString account;
        bool enable = true;
        std::chrono::sys_seconds now;
    };
    EnableDialog(const Theme& theme, const Facts& facts, QWidget* parent = nullptr);

private:
    void buildOne(const Facts& facts);
    void planMany(const Facts& facts);

    DateText m_dates;
};

} // namespace latchkey::ui
