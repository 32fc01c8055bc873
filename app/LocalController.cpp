// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "LocalController.h"

#include "agent/access/ClientSecret.h"
#include "ui/HistoryDialog.h"
#include "ui/TokenModel.h"

#include <QFileDialog>
#include <QSaveFile>

namespace latchkey::app {

using access::TokenId;

LocalController::LocalController(Session& session, QObject* parent)
    : QObject(parent)
    , m_session(session)
{
    connect(&m_session.intents, &Intents::tokensIntended, this, [this](ui::TokenIntent intent, const std::vector<TokenId>& ids) {
        if (intent == ui::TokenIntent::history)
            return openHistory(ids);
        const access::ServiceToken* token = ids.size() == 1 ? m_session.window.tokenModel().find(ids.front()) : nullptr;
        if (token && intent == ui::TokenIntent::keepSecret)
            openKeep(*token);
        else if (token && intent == ui::TokenIntent::editNote)
            openNote(*token);
    });
    connect(&m_session.intents, &Intents::copySnippetRequested, this, &LocalController::copySnippet);
    showNotes();
}

LocalController::~LocalController()
{
    if (m_keep)
        m_keep->reject();   // it would keep the secret under a profile that is no longer there
    if (m_note)
        m_note->reject();
}

void LocalController::openKeep(const access::ServiceToken& token)
{
    if (m_keep)
        return;
    m_keep = new ui::KeepSecretDialog(m_session.theme, token, m_session.secrets.kept().contains(token.id), &m_session.window);
    m_keep->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_keep, &QDialog::finished, this, [this] { m_keep = nullptr; });
    connect(m_keep, &ui::KeepSecretDialog::changed, this, [this] {
        const SecretBytes secret = m_keep->secret();
        if (secret.isEmpty()) {
            m_keep->setVerdict(false, tr("54 characters that begin with cfast_, or 64 hexadecimal ones."));
            return;
        }
        const auto form = access::checkClientSecret(secret.reveal());
        if (!form)
            m_keep->setVerdict(false, QString::fromStdString(form.error().message));
        else if (*form == access::SecretForm::cfast)
            m_keep->setVerdict(true, tr("Its checksum is right."));
        else
            m_keep->setVerdict(true, tr("It has the older form, which has no checksum: a typing error would not be noticed."));
    });
    connect(m_keep, &ui::KeepSecretDialog::keepRequested, this, [this, token] { keep(token); });
    m_keep->open();
}

void LocalController::keep(const access::ServiceToken& token)
{
    m_session.secrets.keep(token.id, m_keep->secret(), [self = QPointer(this), token](Result<void> kept) {
        if (!self)
            return;
        self->m_session.window.setSecretKept(token.id, kept.has_value());
        if (kept)
            self->m_session.record(ui::ChangeKind::secretKept, token);
        if (!self->m_keep)
            return;
        if (kept)
            self->m_keep->accept();
        else
            self->m_keep->showError(kept.error());
    });
}

void LocalController::showNotes()
{
    if (m_session.together)
        m_session.together->showNotes();
    else
        m_session.window.setTokenNotes(m_session.local->notes.notes(m_session.secrets.profileId()));
}

void LocalController::openNote(const access::ServiceToken& token)
{
    if (m_note)
        return;
    const std::string profile = m_session.secrets.profileId();
    m_note = new ui::NoteDialog(m_session.theme, QString::fromStdString(token.name), m_session.local->notes.note(profile, token.id), &m_session.window);
    m_note->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_note, &QDialog::finished, this, [this] { m_note = nullptr; });
    connect(m_note, &ui::NoteDialog::exportRequested, this, &LocalController::exportNotes);
    connect(m_note, &ui::NoteDialog::saveRequested, this, [this, profile, id = token.id](const ui::TokenNote& note) {
        const auto saved = m_session.local->notes.setNote(profile, id, note);
        if (!saved)
            return m_note->showError(QString::fromStdString(saved.error().message));
        m_note->accept();
        showNotes();
    });
    m_note->open();
}

void LocalController::exportNotes()
{
    const QString path = QFileDialog::getSaveFileName(m_note, tr("Export owners and notes"), QStringLiteral("latchkey-owners.csv"), tr("CSV files (*.csv)"));
    if (path.isEmpty())
        return;
    std::vector<std::pair<TokenId, QString>> tokens;
    for (const auto& [id, note] : m_session.local->notes.notes(m_session.secrets.profileId())) {
        const access::ServiceToken* token = m_session.window.tokenModel().find(id);
        tokens.emplace_back(id, token ? QString::fromStdString(token->name) : QString());
    }
    const QByteArray csv = m_session.local->notes.asCsv(m_session.secrets.profileId(), tokens);
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly) && file.write(csv) == csv.size() && file.commit())
        m_session.window.showNotice(tr("Owners and notes of %n token(s) exported.", nullptr, static_cast<int>(tokens.size())));
    else if (m_note)
        m_note->showError(tr("The file could not be written: %1").arg(file.errorString()));
}

void LocalController::openHistory(const std::vector<TokenId>& ids)
{
    const access::ServiceToken* token = ids.size() == 1 ? m_session.window.tokenModel().find(ids.front()) : nullptr;
    auto* dialog = new ui::HistoryDialog(m_session.theme, m_session.local->history.load(), token ? QString::fromStdString(token->name) : QString(), &m_session.window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void LocalController::copySnippet(const TokenId& id, ui::SnippetKind kind, const QString& url)
{
    const access::ServiceToken* token = m_session.window.tokenModel().find(id);
    if (!token)
        return;
    m_session.secrets.read(id, [self = QPointer(this), id, kind, url, clientId = token->clientId](Result<SecretBytes> secret) {
        if (!self)
            return;
        if (!secret) {
            self->m_session.window.showCopyError(secret.error());
            self->m_session.window.setSecretKept(id, self->m_session.secrets.kept().contains(id));
            return;
        }
        self->m_session.clipboard.putSecret(ui::snippetWithSecret(kind, clientId, url, *secret));
        self->m_session.window.showSnippetCopied();
    });
}

} // namespace latchkey::app
