// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "BatchRunner.h"
#include "Session.h"

#include "ui/CreateManyDialog.h"
#include "ui/CreateManyForm.h"

#include <map>

namespace latchkey::app {

/// Many tokens from a list of names, one after the other: API, then keychain. A secret that the keychain does not take would
/// be lost, so its token is deleted again and the run stops. A creation without an answer is looked up by its name before
/// another try, and a token it made gets a new secret, which is then kept.
class CreateManyController final : public QObject {
    Q_OBJECT
public:
    explicit CreateManyController(Session& session, QObject* parent = nullptr);
    ~CreateManyController() override;

private:
    using Told = BatchRunner::Told;
    void open();
    void plan();
    client::CallHandle runOne(const access::TokenId& row, Told told);
    client::CallHandle create(const access::TokenId& row, Told told);
    client::CallHandle lookUp(const access::TokenId& row, Told told);
    void issued(const access::TokenId& row, Result<client::IssuedToken> issued, bool isNew, const Told& told);
    void keep(client::IssuedToken issued, const Told& told);
    void takeBack(const access::ServiceToken& token, const Error& why, const Told& told);

    Session& m_session;
    QPointer<ui::CreateManyForm> m_form;
    QPointer<ui::CreateManyDialog> m_dialog;
    QPointer<BatchRunner> m_runner;
    std::unordered_set<access::TokenId> m_before;           ///< The tokens there were when the plan was made.
    std::unordered_set<access::TokenId> m_uncertain;        ///< Rows whose creation got no answer.
    client::CallHandle m_call;                              ///< Of what follows within one row.
};

} // namespace latchkey::app
