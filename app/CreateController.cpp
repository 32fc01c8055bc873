// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "CreateController.h"

namespace latchkey::app {

CreateController::CreateController(Session& session, QObject* parent)
    : QObject(parent)
    , m_session(session)
    , m_handover(session)
{
    connect(&m_session.window, &ui::MainWindow::createRequested, this, &CreateController::open);
}

CreateController::~CreateController()
{
    // The dialog outlives a lost agent: its secret may not have been copied yet.
    if (m_dialog && !m_dialog->token())
        m_dialog->showError({ErrorCode::network, tr("The connection was lost. Whether it was created is not known: look for it in the list.").toStdString(), {}});
}

void CreateController::open()
{
    if (m_dialog) {
        m_dialog->raise();
        m_dialog->activateWindow();
        return;
    }
    m_dialog = new ui::CreateTokenDialog(m_session.theme, m_session.clock.now(), &m_session.window);
    m_handover.setDialog(m_dialog);
    if (!m_session.keychainUsable)
        m_dialog->setKeychainUnusable(tr("This session works without the keychain."));
    connect(m_dialog, &ui::CreateTokenDialog::createRequested, this, &CreateController::create);
    connect(m_dialog, &ui::CreateTokenDialog::cancelRequested, this, [this] { m_call.cancel(); });
    m_dialog->open();
}

void CreateController::create(const ui::CreateTokenRequest& request)
{
    m_call = m_session.client.createToken(request.name, request.duration,
                                          [self = QPointer(this), keep = request.keep](Result<client::IssuedToken> issued) {
                                              if (!self)
                                                  return;
                                              if (!issued) {
                                                  if (self->m_dialog)
                                                      self->m_dialog->showError(issued.error());
                                                  return;
                                              }
                                              ++self->m_session.changes;
                                              self->m_session.window.putToken(issued->token);
                                              self->m_session.window.selectToken(issued->token.id);
                                              self->m_session.record(ui::ChangeKind::created, issued->token);
                                              self->m_handover.issued(std::move(*issued), keep);
                                          });
}

} // namespace latchkey::app
