// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Commands.h"
#include "Control.h"
#include "ControlOptions.h"
#include "StartupSecrets.h"

#include <QDeadlineTimer>
#include <QObject>

#include <functional>
#include <memory>

namespace latchkey::control {

class EventIntake;

/// One start of the agent, step by step: store → settings → vault → secrets → state → edge. Deletes itself when it has
/// answered; deleting it (or its context) calls the start off.
class Startup final : public QObject {
public:
    Startup(ControlOptions options, Services services, std::function<void()> waiting,
            Answer<std::unique_ptr<Control>> answer, QObject* context);
    ~Startup() override;

    void begin();

    /// How often a vault that is waited for is looked at again.
    static constexpr std::chrono::milliseconds vaultInterval{500};
    /// A key that was rotated out is published that long. Source: access-facts, "The edge".
    static constexpr std::chrono::days previousKeyLife{7};

private:
    void openStore();
    [[nodiscard]] Result<void> settleSettings();
    void awaitVault();
    void vaultIs(vault::VaultState state);
    void getSecrets();
    [[nodiscard]] Result<void> remember(const Secrets& secrets);
    [[nodiscard]] Result<std::unique_ptr<Control>> assemble(Secrets secrets);
    void finish(Result<std::unique_ptr<Control>> result);

    ControlOptions m_options;
    Services m_services;
    std::function<void()> m_waiting;
    Answer<std::unique_ptr<Control>> m_answer;
    QDeadlineTimer m_vaultDeadline;
    bool m_toldWaiting = false;

    std::unique_ptr<store::Store> m_store;
    store::Settings m_settings;
    std::vector<store::KeyRecord> m_keyRecords;
    bool m_isFirst = false;
    std::unique_ptr<StartupSecrets> m_secrets;
};

} // namespace latchkey::control
