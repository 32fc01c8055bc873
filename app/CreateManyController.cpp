// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "CreateManyController.h"

#include "CreateController.h"

#include "ui/TokenModel.h"

namespace latchkey::app {

using access::TokenId;

CreateManyController::CreateManyController(Session& session, QObject* parent)
    : QObject(parent)
    , m_session(session)
{
    connect(&m_session.intents, &Intents::createManyRequested, this, &CreateManyController::open);
}

CreateManyController::~CreateManyController()
{
    if (m_form)
        m_form->reject();   // it would create in a profile that is no longer there
    m_call.cancel();
}

void CreateManyController::open()
{
    if (m_form || m_dialog)
        return;
    const QString unusable = m_session.keychainUsable ? QString() : tr("This session works without the keychain.");
    m_form = new ui::CreateManyForm(m_session.theme, m_session.account, unusable, m_session.clock.now(), &m_session.window);
    m_form->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_form, &QDialog::finished, this, [this] { m_form = nullptr; });
    connect(m_form, &ui::CreateManyForm::planRequested, this, &CreateManyController::plan);
    m_form->open();
}

void CreateManyController::plan()
{
    const std::vector<std::string> names = m_form->names();
    const access::Duration duration = m_form->duration();
    m_form->accept();
    m_before.clear();
    m_uncertain.clear();
    std::unordered_set<std::string> taken;
    const ui::TokenIndex& index = m_session.window.tokenModel().index();
    for (std::size_t slot = 0; slot < index.slotCount(); ++slot) {
        if (const access::ServiceToken* token = index.tokenIn(slot)) {
            m_before.insert(token->id);
            taken.insert(token->name);
        }
    }
    m_dialog = new ui::CreateManyDialog(m_session.theme, names, duration, m_session.account, taken, m_session.clock.now(), &m_session.window);
    m_runner = new BatchRunner(m_dialog, [this](const TokenId& row, Told told) { return runOne(row, std::move(told)); }, this);
    if (m_session.local)
        m_runner->setJournal(m_session.local->work, m_session.account);
    connect(m_dialog, &QDialog::finished, this, [this] { m_dialog = nullptr; });
    m_dialog->open();
}

client::CallHandle CreateManyController::runOne(const TokenId& row, Told told)
{
    return m_uncertain.contains(row) ? lookUp(row, std::move(told)) : create(row, std::move(told));
}

client::CallHandle CreateManyController::create(const TokenId& row, Told told)
{
    return m_session.client.createToken(m_dialog->nameOf(row), m_dialog->duration(), [self = QPointer(this), row, told = std::move(told)](Result<client::IssuedToken> issued) {
        if (self)
            self->issued(row, std::move(issued), true, told);
    });
}

void CreateManyController::issued(const TokenId& row, Result<client::IssuedToken> issued, bool isNew, const Told& told)
{
    if (!issued) {
        const Error& why = issued.error();
        if (!isNew || !mayHaveHappened(why))
            return told(std::unexpected(why));
        m_uncertain.insert(row);
        return told(fail(why.code, tr("%1 Whether it was created is not known; another try looks for it first.").arg(QString::fromStdString(why.message)).toStdString()));
    }
    m_uncertain.erase(row);
    ++m_session.changes;
    m_session.window.putToken(issued->token);
    if (isNew)
        m_session.record(ui::ChangeKind::created, issued->token);
    else
        m_session.recordRotation(issued->token);
    keep(std::move(*issued), told);
}

client::CallHandle CreateManyController::lookUp(const TokenId& row, Told told)
{
    const std::string name = m_dialog->nameOf(row);
    return m_session.client.listTokens({.name = name, .search = {}}, [self = QPointer(this), row, name, told = std::move(told)](Result<client::ListPage<access::ServiceToken>> page) {
        if (!self || !self->m_dialog)
            return;
        if (!page)
            return told(std::unexpected(page.error()));
        for (const access::ServiceToken& token : page->items) {
            if (token.name != name || self->m_before.contains(token.id))
                continue;
            // Made by the call whose answer was lost, and its secret with it: a new one harms nobody.
            self->m_session.record(ui::ChangeKind::created, token);
            self->m_call = self->m_session.client.rotateToken(token.id, std::nullopt, [self, row, told](Result<client::IssuedToken> issued) {
                if (self)
                    self->issued(row, std::move(issued), false, told);
            });
            return;
        }
        self->m_call = self->create(row, told);
    });
}

void CreateManyController::keep(client::IssuedToken issued, const Told& told)
{
    const access::ServiceToken token = issued.token;
    m_session.secrets.keep(token.id, std::move(issued.secret), [self = QPointer(this), token, told](Result<void> kept) {
        if (!self)
            return;
        self->m_session.window.setSecretKept(token.id, kept.has_value());
        if (kept)
            return told({});
        self->takeBack(token, kept.error(), told);
    });
}

void CreateManyController::takeBack(const access::ServiceToken& token, const Error& why, const Told& told)
{
    // The next one would fare no better.
    if (m_runner)
        m_runner->stop({ErrorCode::cancelled, tr("Not begun: the secret before could not be kept.").toStdString(), {}});
    m_call = m_session.client.deleteToken(token.id, [self = QPointer(this), token, why, told](Result<void> deleted) {
        if (!self)
            return;
        ++self->m_session.changes;
        if (!deleted)
            return told(fail(why.code, tr("Created, but its secret could not be kept and is lost (%1). Rotate the token, or delete it.").arg(QString::fromStdString(why.message)).toStdString()));
        self->m_session.record(ui::ChangeKind::deleted, token);
        self->m_session.window.removeToken(token.id);
        told(fail(why.code, tr("Its secret could not be kept, so the token was deleted again: %1").arg(QString::fromStdString(why.message)).toStdString()));
    });
}

} // namespace latchkey::app
