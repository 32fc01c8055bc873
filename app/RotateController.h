// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "SecretHandover.h"

#include "ui/MoreTimeDialog.h"
#include "ui/RotateDialog.h"

namespace latchkey::app {

/// A new secret for one token, and what becomes of the previous one: ended now, or later than was said.
class RotateController final : public QObject {
    Q_OBJECT
public:
    explicit RotateController(Session& session, QObject* parent = nullptr);
    ~RotateController() override;

    /// A secret that was made but could not be kept: its copy-once page.
    void showUnkept(client::IssuedToken issued, const Error& why);

private:
    void open(const access::TokenId& id);
    void rotate(const access::TokenId& id, const ui::RotateRequest& request);
    void explainUnanswered(const access::TokenId& id, int versionBefore, const Error& why);
    void rotated(client::IssuedToken issued, bool keep);
    void askToEndPrevious(const access::TokenId& id);
    void openMoreTime(const access::TokenId& id);
    void recordEnd(const access::ServiceToken& token);
    void moveEnd(const access::TokenId& id, std::chrono::sys_seconds end);

    Session& m_session;
    SecretHandover m_handover;
    QPointer<ui::RotateDialog> m_dialog;
    QPointer<ui::MoreTimeDialog> m_moreTime;
    client::CallHandle m_call;
};

} // namespace latchkey::app
