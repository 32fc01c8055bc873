// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CredentialText.h"
#include "RequestLine.h"
#include "Snippet.h"
#include "TextLabel.h"
#include "TokenIntent.h"
#include "TokenNote.h"
#include "TokenUse.h"

#include <QWidget>

class QAction;
class QGridLayout;
class QMenu;
class QVBoxLayout;

namespace latchkey::ui {

class Button;
class CopyButton;
class IconLabel;
class PreviousSecretPanel;
class SnippetPanel;
class TokenModel;
class UseList;

/// Everything about one token.
class TokenDetails final : public QWidget {
    Q_OBJECT

public:
    TokenDetails(const Theme& theme, const TokenModel& model, QWidget* parent = nullptr);

    void setToken(const access::TokenId& id);
    [[nodiscard]] const access::TokenId& token() const { return m_id; }
    void setUses(const std::vector<TokenUse>& uses);
    void setRequests(const std::vector<RequestLine>& requests);
    void setEdgeAddress(const QString& address);
    void setNote(const TokenNote& note);
    void refresh();   ///< The model or the time changed.
    /// What stands in the menu of "More"; the window's own actions, so that each is defined once.
    void setMoreActions(const QList<QAction*>& actions);

    void showCopied(CopyKind kind);
    void showSnippetCopied();
    void showCopyError(const QString& text);

Q_SIGNALS:
    void copyTextRequested(const QString& text);
    void copySecretRequested(latchkey::ui::CopyKind kind);
    void copySnippetRequested(latchkey::ui::SnippetKind kind, const QString& url);   ///< With the secret in it.
    void refreshRequested();
    void deleteRequested();
    void intended(latchkey::ui::TokenIntent intent);

private:
    TextLabel* addFact(QGridLayout& facts, const QString& name, TextLabel::Size size, CopyButton* copy = nullptr, TextLabel** nameLabel = nullptr);
    QWidget* heading(const QString& text);
    void buildFacts(QVBoxLayout& column);
    void buildActions(QVBoxLayout& column);
    void buildSnippet(QVBoxLayout& column);
    void fillSnippet();

    const Theme& m_theme;
    const TokenModel& m_model;
    access::TokenId m_id;
    std::vector<TokenUse> m_uses;
    std::vector<RequestLine> m_requests;
    QString m_edgeAddress;

    TextLabel* m_title;
    IconLabel* m_stateIcon;
    TextLabel* m_state;
    TextLabel* m_clientId = nullptr;
    TextLabel* m_secret = nullptr;
    TextLabel* m_created = nullptr;
    TextLabel* m_duration = nullptr;
    TextLabel* m_lastSeen = nullptr;
    TextLabel* m_copyError;
    CopyButton* m_copyClientId = nullptr;
    CopyButton* m_copySecret = nullptr;
    TextLabel* m_ownerName = nullptr;
    TextLabel* m_owner = nullptr;
    TextLabel* m_note = nullptr;
    Button* m_enable = nullptr;
    QMenu* m_more = nullptr;
    PreviousSecretPanel* m_previous = nullptr;
    SnippetPanel* m_snippet = nullptr;
    UseList* m_useList;
    QWidget* m_requestsHeading;
    QWidget* m_requestList;
};

} // namespace latchkey::ui
