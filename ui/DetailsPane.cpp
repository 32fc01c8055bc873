// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "DetailsPane.h"

#include "Button.h"
#include "FlowLayout.h"
#include "ObjectNames.h"
#include "OperationNames.h"
#include "TextLabel.h"
#include "TokenDetails.h"
#include "TokenModel.h"

#include <QMenu>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <array>
#include <set>

namespace latchkey::ui {

DetailsPane::DetailsPane(const Theme& theme, const TokenModel& model, QWidget* parent)
    : Panel(theme, Role::surface, {}, parent)
    , m_model(model)
    , m_stack(new QStackedWidget(this))
    , m_details(new TokenDetails(theme, model))
{
    setObjectName(names::detailsPane);
    setAccessibleName(tr("Details"));
    auto* hint = new TextLabel(theme, Role::mutedText, TextLabel::Size::body, tr("Select a token to see its details."));
    hint->setAlignment(Qt::AlignCenter);
    hint->setWordWrap(true);
    m_nothing = hint;

    auto* scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(m_details);
    scroll->viewport()->setAutoFillBackground(false);
    m_details->setAutoFillBackground(false);
    m_one = scroll;
    m_many = buildSummary();
    for (QWidget* page : {m_nothing, m_one, m_many})
        m_stack->addWidget(page);
    auto* box = new QVBoxLayout(this);
    box->setContentsMargins(0, 0, 0, 0);
    box->addWidget(m_stack);
    setMinimumWidth(fontMetrics().averageCharWidth() * 34);

    connect(m_details, &TokenDetails::refreshRequested, this, &DetailsPane::refreshRequested);
    connect(m_details, &TokenDetails::deleteRequested, this, &DetailsPane::deleteRequested);
    connect(m_details, &TokenDetails::intended, this, &DetailsPane::intended);
}

QWidget* DetailsPane::buildSummary()
{
    auto* page = new QWidget;
    m_summaryTitle = new TextLabel(theme(), Role::text, TextLabel::Size::heading);
    m_summaryText = new TextLabel(theme(), Role::mutedText, TextLabel::Size::body);
    m_summaryText->setWordWrap(true);
    auto* refresh = new Button(theme(), Button::Kind::primary, tr("&Refresh…"));
    m_summaryDelete = new Button(theme(), Button::Kind::danger, QString());
    auto* buttons = new FlowLayout(6);
    auto* rotate = new Button(theme(), Button::Kind::standard, tr("R&otate secrets…"));
    auto* more = new Button(theme(), Button::Kind::standard, tr("&More"));
    more->setAccessibleDescription(tr("Opens a menu of what else can be done with the selected tokens"));
    m_summaryMore = new QMenu(more);
    buttons->addWidget(refresh);
    buttons->addWidget(rotate);
    buttons->addWidget(more);
    buttons->addWidget(m_summaryDelete);
    connect(rotate, &Button::clicked, this, [this] { Q_EMIT intended(TokenIntent::rotate); });
    connect(more, &Button::clicked, this, [this, more] { m_summaryMore->popup(more->mapToGlobal(QPoint(0, more->height()))); });
    auto* column = new QVBoxLayout(page);
    column->setSpacing(grid);
    column->addWidget(m_summaryTitle);
    column->addWidget(m_summaryText);
    column->addSpacing(grid);
    column->addLayout(buttons);
    column->addStretch(1);
    connect(refresh, &Button::clicked, this, &DetailsPane::refreshRequested);
    connect(m_summaryDelete, &Button::clicked, this, &DetailsPane::deleteRequested);
    return page;
}

void DetailsPane::setMoreActions(const QList<QAction*>& one, const QList<QAction*>& several)
{
    m_details->setMoreActions(one);
    m_summaryMore->clear();
    m_summaryMore->addActions(several);
}

void DetailsPane::setSelection(std::vector<access::TokenId> ids)
{
    m_ids = std::move(ids);
    refresh();
}

void DetailsPane::setApplications(std::vector<access::Application> applications)
{
    m_applications = std::move(applications);
    refresh();
}

void DetailsPane::setRequests(const access::TokenId& id, const std::vector<RequestLine>& requests)
{
    if (m_ids.size() == 1 && m_ids.front() == id)
        m_details->setRequests(requests);
}

void DetailsPane::setNotes(std::unordered_map<access::TokenId, TokenNote> notes)
{
    m_notes = std::move(notes);
    refresh();
}

void DetailsPane::setEdgeAddress(const QString& address)
{
    m_details->setEdgeAddress(address);
}

void DetailsPane::refresh()
{
    if (m_ids.empty()) {
        m_stack->setCurrentWidget(m_nothing);
    } else if (m_ids.size() == 1) {
        m_details->setToken(m_ids.front());
        const auto note = m_notes.find(m_ids.front());
        m_details->setNote(note == m_notes.end() ? TokenNote() : note->second);
        m_details->setUses(usesOf(m_ids.front(), m_applications));
        m_stack->setCurrentWidget(m_one);
        // Nothing scrolls sideways, so the pane is as wide as its contents need; never narrower again, which would be restless.
        const int scrollBar = style()->pixelMetric(QStyle::PM_ScrollBarExtent) + 2;
        const int needed = std::min(m_details->minimumSizeHint().width() + scrollBar, fontMetrics().averageCharWidth() * 52);
        setMinimumWidth(std::max(minimumWidth(), needed));
    } else {
        fillSummary();
        m_stack->setCurrentWidget(m_many);
    }
}

void DetailsPane::fillSummary()
{
    std::array<int, 4> states{};
    std::set<access::ApplicationId> named;
    const std::set<access::TokenId> chosen(m_ids.begin(), m_ids.end());
    for (const access::TokenId& id : m_ids) {
        if (const access::ServiceToken* token = m_model.find(id))
            ++states[static_cast<std::size_t>(access::stateAt(*token, m_model.now()))];
    }
    for (const access::Application& application : m_applications) {
        for (const access::Policy& policy : application.policies) {
            for (const access::Rule& rule : policy.include) {
                const auto* service = std::get_if<access::ServiceTokenRule>(&rule);
                if (service && chosen.contains(service->tokenId))
                    named.insert(application.id);
            }
        }
    }
    const int count = static_cast<int>(m_ids.size());
    m_summaryTitle->setText(tr("%n token(s) selected", nullptr, count));
    QStringList lines;
    for (std::size_t i = 0; i < states.size(); ++i) {
        if (states[i])
            lines << tr("%1: %2", "state, count").arg(TokenModel::stateWord(static_cast<access::TokenState>(i)), m_model.dates().count(states[i]));
    }
    lines << QString();
    lines << (named.empty() ? tr("No application names them.") : tr("Named by %n application(s).", nullptr, static_cast<int>(named.size())));
    m_summaryText->setText(lines.join(u'\n'));
    m_summaryDelete->setText(tr("&Delete %n token(s)…", nullptr, count));
}

} // namespace latchkey::ui
