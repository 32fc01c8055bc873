// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Session.h"

#include "ui/KeepSecretDialog.h"
#include "ui/NoteDialog.h"

#include <QObject>
#include <QPointer>

namespace latchkey::app {

/// What concerns this computer only: keeping a secret made elsewhere, owners and notes, the history, and snippets that
/// take a secret from the keychain into the clipboard.
class LocalController final : public QObject {
    Q_OBJECT
public:
    explicit LocalController(Session& session, QObject* parent = nullptr);
    ~LocalController() override;

private:
    void openKeep(const access::ServiceToken& token);
    void keep(const access::ServiceToken& token);
    void openNote(const access::ServiceToken& token);
    void exportNotes();
    void openHistory(const std::vector<access::TokenId>& ids);
    void showNotes();
    void copySnippet(const access::TokenId& id, ui::SnippetKind kind, const QString& url);

    Session& m_session;
    QPointer<ui::KeepSecretDialog> m_keep;
    QPointer<ui::NoteDialog> m_note;
};

} // namespace latchkey::app
