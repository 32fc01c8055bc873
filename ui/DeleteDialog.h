// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "BatchDialog.h"
#include "DateText.h"

#include "agent/access/Application.h"

#include <chrono>

namespace latchkey::ui {

class TextField;

/// Says what stops working when the tokens are deleted (applications that name them, when they were last seen) and asks
/// for the name (for several: how many) to be typed when one was used in the last 7 days, and in production always.
class DeleteDialog final : public BatchDialog {
    Q_OBJECT

public:
    struct Facts {
        std::vector<access::ServiceToken> tokens;
        std::vector<access::Application> applications;
        QString account;
        bool production = false;
        std::chrono::sys_seconds now;
    };
    DeleteDialog(const Theme& theme, const Facts& facts, QWidget* parent = nullptr);

private:
    void buildOne(const access::ServiceToken& token, const std::vector<access::Application>& applications);
    void planMany(const std::vector<access::Application>& applications);
    void askToType(const QString& question, const QString& answer);
    [[nodiscard]] bool wasUsedLately(const access::ServiceToken& token) const;
    [[nodiscard]] QString lastSeen(const access::ServiceToken& token) const;

    DateText m_dates;
    std::chrono::sys_seconds m_now;
    bool m_production;
};

} // namespace latchkey::ui
