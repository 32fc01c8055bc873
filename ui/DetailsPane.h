// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CredentialText.h"
#include "Panel.h"
#include "RequestLine.h"
#include "TokenIntent.h"
#include "TokenNote.h"

#include "agent/access/Application.h"

#include <unordered_map>
#include <vector>

class QAction;
class QMenu;
class QStackedWidget;

namespace latchkey::ui {

class Button;
class TextLabel;
class TokenDetails;
class TokenModel;

/// Beside the table: one token's details, a summary of several, or what to do.
class DetailsPane final : public Panel {
    Q_OBJECT

public:
    DetailsPane(const Theme& theme, const TokenModel& model, QWidget* parent = nullptr);

    void setSelection(std::vector<access::TokenId> ids);
    void setApplications(std::vector<access::Application> applications);
    [[nodiscard]] const std::vector<access::Application>& applications() const { return m_applications; }
    void setRequests(const access::TokenId& id, const std::vector<RequestLine>& requests);
    void setNotes(std::unordered_map<access::TokenId, TokenNote> notes);
    void setEdgeAddress(const QString& address);
    void refresh();
    /// What the menu "More" offers for one token, and for several.
    void setMoreActions(const QList<QAction*>& one, const QList<QAction*>& several);

    [[nodiscard]] TokenDetails& details() const { return *m_details; }

Q_SIGNALS:
    void refreshRequested();
    void deleteRequested();
    void intended(latchkey::ui::TokenIntent intent);

private:
    QWidget* buildSummary();
    void fillSummary();

    const TokenModel& m_model;
    std::vector<access::TokenId> m_ids;
    std::vector<access::Application> m_applications;
    std::unordered_map<access::TokenId, TokenNote> m_notes;
    QStackedWidget* m_stack;
    QWidget* m_nothing;
    QWidget* m_one;
    QWidget* m_many;
    TokenDetails* m_details;
    TextLabel* m_summaryTitle = nullptr;
    TextLabel* m_summaryText = nullptr;
    Button* m_summaryDelete = nullptr;
    QMenu* m_summaryMore = nullptr;
};

} // namespace latchkey::ui
