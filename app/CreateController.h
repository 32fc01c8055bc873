// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "SecretHandover.h"

#include "ui/CreateTokenDialog.h"

namespace latchkey::app {

/// The course of a token's creation: form → API → keychain first → copy-once page.
class CreateController final : public QObject {
    Q_OBJECT
public:
    explicit CreateController(Session& session, QObject* parent = nullptr);
    ~CreateController() override;

    void open();

private:
    void create(const ui::CreateTokenRequest& request);

    Session& m_session;
    SecretHandover m_handover;
    QPointer<ui::CreateTokenDialog> m_dialog;
    client::CallHandle m_call;
};

} // namespace latchkey::app
