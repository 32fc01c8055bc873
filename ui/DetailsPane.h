// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "CredentialText.h"
#include "Panel.h"
#include "RequestLine.h"

#include "agent/access/Application.h"

#include <vector>

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
    void setEdgeAddress(const QString& address);
    void refresh();

    [[nodiscard]] TokenDetails& details() const { return *m_details; }

Q_SIGNALS:
    void refreshRequested();
    void deleteRequested();

private:
    QWidget* buildSummary();
    void fillSummary();

    const TokenModel& m_model;
    std::vector<access::TokenId> m_ids;
    std::vector<access::Application> m_applications;
    QStackedWidget* m_stack;
    QWidget* m_nothing;
    QWidget* m_one;
    QWidget* m_many;
    TokenDetails* m_details;
    TextLabel* m_summaryTitle = nullptr;
    TextLabel* m_summaryText = nullptr;
    Button* m_summaryDelete = nullptr;
};

} // namespace latchkey::ui
