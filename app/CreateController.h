// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Session.h"

#include "ui/CreateTokenDialog.h"

#include <QObject>
#include <QPointer>

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
    void created(client::IssuedToken issued, bool keep);
    void keep();
    void copy(ui::CopyKind kind);

    Session& m_session;
    QPointer<ui::CreateTokenDialog> m_dialog;
    client::CallHandle m_call;
};

} // namespace latchkey::app
