// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "SecretHandover.h"

#include "ui/CreateTokenDialog.h"

#include <unordered_set>

namespace latchkey::app {

/// Whether a change that ended with this error may have been made all the same: no answer, or one that cannot be read, does
/// not say that nothing was done.
[[nodiscard]] bool mayHaveHappened(const Error& error);

/// The course of a token's creation: form → API → keychain first → copy-once page. One that got no answer is looked up by
/// its name before it is offered again, so that no second token comes into being unnoticed.
class CreateController final : public QObject {
    Q_OBJECT
public:
    explicit CreateController(Session& session, QObject* parent = nullptr);
    ~CreateController() override;

    void open();

private:
    void create(const ui::CreateTokenRequest& request);
    void send();
    /// Then creates it, if it is not there and `thenSend`; else tells what was found.
    void lookUp(const Error& why, bool thenSend);
    void found(const access::ServiceToken& token);
    void renew(bool keep);
    void done(client::IssuedToken issued, bool keep);

    Session& m_session;
    SecretHandover m_handover;
    QPointer<ui::CreateTokenDialog> m_dialog;
    client::CallHandle m_call;
    ui::CreateTokenRequest m_request;
    std::unordered_set<access::TokenId> m_before;   ///< What had this name before the first try.
    std::optional<Error> m_uncertain;               ///< Why it is not known whether m_request was carried out.
    std::optional<access::TokenId> m_made;          ///< Found: created, and its secret lost.
};

} // namespace latchkey::app
