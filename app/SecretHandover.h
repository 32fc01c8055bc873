// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Session.h"

#include "ui/SecretDialog.h"

#include <QObject>
#include <QPointer>

namespace latchkey::app {

/// From the API's answer to the person: the keychain first, then the copy-once page, with a truthful outcome and a retry.
/// One dialog at a time; GUI thread.
class SecretHandover final : public QObject {
    Q_OBJECT
public:
    explicit SecretHandover(Session& session, QObject* parent = nullptr);

    /// Connects what the page asks for. Forgets an earlier dialog.
    void setDialog(ui::SecretDialog* dialog);
    [[nodiscard]] ui::SecretDialog* dialog() const { return m_dialog; }
    /// `keep`: the secret goes into the keychain before the page is shown.
    void issued(client::IssuedToken issued, bool keep);

private:
    void keep(const access::TokenId& id, SecretBytes secret);
    void copy(ui::CopyKind kind);

    Session& m_session;
    QPointer<ui::SecretDialog> m_dialog;
};

} // namespace latchkey::app
