// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokenDetails.h"

#include "Button.h"
#include "CodeBlock.h"
#include "CopyButton.h"
#include "FlowLayout.h"
#include "IconLabel.h"
#include "ObjectNames.h"
#include "Panel.h"
#include "TokenModel.h"
#include "TokenState.h"
#include "UseList.h"

#include <QGridLayout>

namespace latchkey::ui {

using namespace Qt::StringLiterals;
using access::ServiceToken;

namespace {

constexpr std::size_t mostRequests = 8;

QString stateLine(const ServiceToken& token, const TokenModel& model, access::TokenState state)
{
    if (state == access::TokenState::disabled)
        return TokenDetails::tr("Disabled: it opens nothing");
    if (!token.expiresAt)
        return TokenDetails::tr("Active · never expires");
    const QString when = model.dates().both(*token.expiresAt, model.now());
    return state == access::TokenState::expired ? TokenDetails::tr("Expired %1").arg(when) : TokenDetails::tr("Expires %1").arg(when);
}

/// Where the snippet's command goes: an application that lets the token in, at its own port on the edge.
QString snippetUrl(const std::vector<TokenUse>& uses, const QString& edgeAddress)
{
    for (const TokenUse& use : uses) {
        if (use.neverMatches || use.decision == access::PolicyDecision::deny)
            continue;
        if (use.port && !edgeAddress.isEmpty())
            return u"http://%1:%2/"_s.arg(edgeAddress.left(edgeAddress.lastIndexOf(u':'))).arg(*use.port);
        if (!use.domain.empty())
            return "https://"_L1 + QString::fromStdString(use.domain);
    }
    return u"https://app.example.com/"_s;
}

} // namespace

TokenDetails::TokenDetails(const Theme& theme, const TokenModel& model, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_model(model)
    , m_title(new TextLabel(theme, Role::text, TextLabel::Size::heading))
    , m_stateIcon(new IconLabel(theme, IconName::ok, Role::success))
    , m_state(new TextLabel(theme, Role::success, TextLabel::Size::body))
    , m_copyError(new TextLabel(theme, Role::danger, TextLabel::Size::body))
    , m_useList(new UseList(theme))
    , m_requestsHeading(heading(tr("Last requests")))
    , m_requestList(new QWidget)
{
    m_title->setObjectName(names::detailsTitle);
    m_title->setWordWrap(true);
    m_state->setObjectName(names::detailsState);
    m_state->setWordWrap(true);
    m_copyError->setObjectName(names::copyErrorText);
    m_copyError->setWordWrap(true);
    m_copyError->hide();

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(grid);
    column->addWidget(m_title);
    auto* stateRow = new QHBoxLayout;
    stateRow->setSpacing(6);
    stateRow->addWidget(m_stateIcon, 0, Qt::AlignTop);
    stateRow->addWidget(m_state, 1);
    column->addLayout(stateRow);
    column->addSpacing(grid);
    buildFacts(*column);
    column->addWidget(m_copyError);
    column->addSpacing(grid);
    buildActions(*column);
    column->addSpacing(grid);
    column->addWidget(heading(tr("Used by")));
    column->addWidget(m_useList);
    column->addSpacing(grid);
    buildSnippet(*column);
    column->addSpacing(grid);
    column->addWidget(m_requestsHeading);
    column->addWidget(m_requestList);
    column->addStretch(1);
    auto* requests = new QGridLayout(m_requestList);
    requests->setContentsMargins(0, 0, 0, 0);
    requests->setHorizontalSpacing(2 * grid);
    requests->setVerticalSpacing(6);
    requests->setColumnStretch(1, 1);
}

QWidget* TokenDetails::heading(const QString& text)
{
    auto* label = new TextLabel(m_theme, Role::mutedText, TextLabel::Size::caption, text, this);
    QFont font = label->font();
    font.setWeight(QFont::DemiBold);
    label->setFont(font);
    return label;
}

TextLabel* TokenDetails::addFact(QGridLayout& facts, const QString& name, TextLabel::Size size, CopyButton* copy)
{
    const int row = facts.rowCount();
    auto* label = new TextLabel(m_theme, Role::mutedText, TextLabel::Size::body, name, this);
    auto* value = new TextLabel(m_theme, size == TextLabel::Size::code ? Role::mutedText : Role::text, size, {}, this);
    value->setElided(Qt::ElideRight);
    label->setBuddy(value);
    facts.addWidget(label, row, 0);
    facts.addWidget(value, row, 1);
    if (copy)
        facts.addWidget(copy, row, 2);
    facts.setRowMinimumHeight(row, fontMetrics().height() + 6);
    return value;
}

void TokenDetails::buildFacts(QVBoxLayout& column)
{
    auto* facts = new QGridLayout;
    facts->setHorizontalSpacing(12);
    facts->setVerticalSpacing(0);
    facts->setColumnStretch(1, 1);
    m_copyClientId = new CopyButton(m_theme, tr("Copy the Client ID"), this);
    m_copyClientId->button()->setObjectName(names::copyClientId);
    m_copySecret = new CopyButton(m_theme, tr("Copy the Client Secret"), this);
    m_copySecret->button()->setObjectName(names::copySecret);
    m_clientId = addFact(*facts, tr("Client ID"), TextLabel::Size::code, m_copyClientId);
    m_clientId->setObjectName(names::detailsClientId);
    m_secret = addFact(*facts, tr("Client Secret"), TextLabel::Size::body, m_copySecret);
    m_secret->setObjectName(names::detailsSecret);
    m_secret->setElided(Qt::ElideNone);
    m_secret->setWordWrap(true);
    m_created = addFact(*facts, tr("Created"), TextLabel::Size::body);
    m_duration = addFact(*facts, tr("Duration"), TextLabel::Size::body);
    m_lastSeen = addFact(*facts, tr("Last seen"), TextLabel::Size::body);
    m_lastSeen->setObjectName(names::detailsLastSeen);
    column.addLayout(facts);

    connect(m_copyClientId, &CopyButton::clicked, this, [this] {
        Q_EMIT copyTextRequested(m_clientId->fullText());
        m_copyClientId->showCopied();
    });
    connect(m_copySecret, &CopyButton::clicked, this, [this] {
        showCopyError({});
        Q_EMIT copySecretRequested(CopyKind::clientSecret);
    });
}

void TokenDetails::buildActions(QVBoxLayout& column)
{
    auto* row = new FlowLayout(6);
    auto* refresh = new Button(m_theme, Button::Kind::primary, tr("&Refresh…"), this);
    refresh->setObjectName(names::refreshToken);
    auto* remove = new Button(m_theme, Button::Kind::danger, tr("&Delete…"), this);
    remove->setObjectName(names::deleteToken);
    row->addWidget(refresh);
    row->addWidget(remove);
    column.addLayout(row);
    connect(refresh, &Button::clicked, this, &TokenDetails::refreshRequested);
    connect(remove, &Button::clicked, this, &TokenDetails::deleteRequested);
}

void TokenDetails::buildSnippet(QVBoxLayout& column)
{
    auto* top = new QHBoxLayout;
    top->addWidget(heading(tr("Use it with curl")), 1);
    m_copySnippet = new CopyButton(m_theme, tr("Copy the command"), this);
    m_copySnippet->button()->setObjectName(names::copySnippet);
    top->addWidget(m_copySnippet);
    column.addLayout(top);
    auto* card = new Panel(m_theme, Role::codeSurface, {}, this);
    card->setCard(true);
    m_snippet = new CodeBlock(m_theme, card);
    m_snippet->setAccessibleName(tr("curl command"));
    auto* box = new QVBoxLayout(card);
    box->setContentsMargins(1, 1, 1, 1);
    box->addWidget(m_snippet);
    column.addWidget(card);
    connect(m_copySnippet, &CopyButton::clicked, this, [this] {
        if (const ServiceToken* token = m_model.find(m_id))
            Q_EMIT copyTextRequested(curlSnippet(token->clientId, snippetUrl(m_uses, m_edgeAddress)));
        m_copySnippet->showCopied();
    });
}

void TokenDetails::setToken(const access::TokenId& id)
{
    if (id != m_id) {
        m_id = id;
        m_copyClientId->resetCopied();
        m_copySecret->resetCopied();
        m_copySnippet->resetCopied();
        showCopyError({});
        m_requests.clear();
        setRequests({});
    }
    refresh();
}

void TokenDetails::setUses(const std::vector<TokenUse>& uses)
{
    m_uses = uses;
    m_useList->setUses(uses);
    fillSnippet();
}

void TokenDetails::setEdgeAddress(const QString& address)
{
    m_edgeAddress = address;
    fillSnippet();
}

void TokenDetails::fillSnippet()
{
    const ServiceToken* token = m_model.find(m_id);
    if (!token)
        return;
    // Shown short; the button copies it whole.
    m_snippet->setCode(curlSnippet(access::ClientId{TokenModel::shortClientId(token->clientId).toStdString()},
                                   snippetUrl(m_uses, m_edgeAddress)));
}

void TokenDetails::refresh()
{
    const ServiceToken* token = m_model.find(m_id);
    if (!token)
        return;
    const access::TokenState state = access::stateAt(*token, m_model.now());
    m_title->setText(QString::fromStdString(token->name));
    m_stateIcon->setIcon(ui::iconOf(state), roleOf(state));
    m_state->setRole(roleOf(state));
    m_state->setText(stateLine(*token, m_model, state));
    m_clientId->setFullText(QString::fromStdString(token->clientId.value));
    const bool kept = m_model.isSecretKept(m_id);
    m_secret->setFullText(kept ? tr("In this computer's keychain") : tr("Not kept on this computer"));
    m_secret->setRole(kept ? Role::text : Role::mutedText);
    m_copySecret->setVisible(kept);
    m_created->setFullText(m_model.dates().absolute(token->createdAt));
    m_duration->setFullText(m_model.dates().length(token->duration));
    m_lastSeen->setFullText(token->lastSeenAt ? m_model.dates().seen(*token->lastSeenAt, m_model.now()) : tr("Never", "seen"));
    fillSnippet();
}

void TokenDetails::setRequests(const std::vector<RequestLine>& requests)
{
    m_requests = requests;
    auto* lines = static_cast<QGridLayout*>(m_requestList->layout());
    while (QLayoutItem* item = lines->takeAt(0)) {
        if (item->widget()) {
            item->widget()->hide();
            item->widget()->deleteLater();
        }
        delete item;
    }
    for (std::size_t i = 0; i < std::min(requests.size(), mostRequests); ++i) {
        const RequestLine& request = requests[i];
        const int row = static_cast<int>(i);
        const bool refused = request.status >= 400;
        auto* what = new TextLabel(m_theme, Role::text, TextLabel::Size::body);
        what->setElided(Qt::ElideRight);
        what->setFullText(u"%1 %2"_s.arg(request.method, request.path));
        auto* status = new TextLabel(m_theme, refused ? Role::danger : Role::success, TextLabel::Size::body, QString::number(request.status));
        status->setToolTip(request.reason);
        status->setAccessibleDescription(request.reason);
        lines->addWidget(new TextLabel(m_theme, Role::mutedText, TextLabel::Size::body, m_model.dates().timeOfDay(request.at)), row, 0);
        lines->addWidget(what, row, 1);
        lines->addWidget(status, row, 2);
    }
    m_requestsHeading->setVisible(!requests.empty());
    m_requestList->setVisible(!requests.empty());
}

void TokenDetails::showCopied(CopyKind kind)
{
    showCopyError({});
    if (kind == CopyKind::clientSecret)
        m_copySecret->showCopied();
}

void TokenDetails::showCopyError(const QString& text)
{
    m_copyError->setText(text);
    m_copyError->setVisible(!text.isEmpty());
}

} // namespace latchkey::ui
