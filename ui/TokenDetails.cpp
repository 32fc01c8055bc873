// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokenDetails.h"

#include "Button.h"
#include "CopyButton.h"
#include "FlowLayout.h"
#include "IconLabel.h"
#include "ObjectNames.h"
#include "OperationNames.h"
#include "Panel.h"
#include "PreviousSecretPanel.h"
#include "SnippetPanel.h"
#include "TokenModel.h"
#include "TokenState.h"
#include "UseList.h"

#include <QGridLayout>
#include <QMenu>

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
    m_previous = new PreviousSecretPanel(theme);
    column->addWidget(m_previous);
    connect(m_previous, &PreviousSecretPanel::endNowRequested, this, [this] { Q_EMIT intended(TokenIntent::endPrevious); });
    connect(m_previous, &PreviousSecretPanel::moreTimeRequested, this, [this] { Q_EMIT intended(TokenIntent::moreTime); });
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

TextLabel* TokenDetails::addFact(QGridLayout& facts, const QString& name, TextLabel::Size size, CopyButton* copy, TextLabel** nameLabel)
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
    if (nameLabel)
        *nameLabel = label;   // a fact that is not always there takes no room when it is not
    else
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
    m_owner = addFact(*facts, tr("Owner"), TextLabel::Size::body, nullptr, &m_ownerName);
    m_owner->setObjectName(names::detailsOwner);
    column.addLayout(facts);
    m_note = new TextLabel(m_theme, Role::mutedText, TextLabel::Size::body, {}, this);
    m_note->setObjectName(names::detailsNote);
    m_note->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);
    column.addWidget(m_note);
    setNote({});

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
    auto* rotate = new Button(m_theme, Button::Kind::standard, tr("R&otate secret…"), this);
    rotate->setObjectName(names::rotateToken);
    m_enable = new Button(m_theme, Button::Kind::standard, {}, this);
    m_enable->setObjectName(names::enableToken);
    auto* more = new Button(m_theme, Button::Kind::standard, tr("&More"), this);
    more->setObjectName(names::moreActions);
    more->setAccessibleDescription(tr("Opens a menu of what else can be done with the token"));
    m_more = new QMenu(more);
    row->addWidget(refresh);
    row->addWidget(rotate);
    row->addWidget(m_enable);
    row->addWidget(more);
    row->addWidget(remove);
    column.addLayout(row);
    connect(rotate, &Button::clicked, this, [this] { Q_EMIT intended(TokenIntent::rotate); });
    connect(m_enable, &Button::clicked, this, [this] {
        const ServiceToken* token = m_model.find(m_id);
        if (token)
            Q_EMIT intended(token->enabled ? TokenIntent::disable : TokenIntent::enable);
    });
    connect(more, &Button::clicked, this, [this, more] { m_more->popup(more->mapToGlobal(QPoint(0, more->height()))); });
    connect(refresh, &Button::clicked, this, &TokenDetails::refreshRequested);
    connect(remove, &Button::clicked, this, &TokenDetails::deleteRequested);
}

void TokenDetails::setMoreActions(const QList<QAction*>& actions)
{
    m_more->clear();
    m_more->addActions(actions);
}

void TokenDetails::buildSnippet(QVBoxLayout& column)
{
    m_snippet = new SnippetPanel(m_theme);
    column.addWidget(m_snippet);
    connect(m_snippet, &SnippetPanel::copyTextRequested, this, &TokenDetails::copyTextRequested);
    connect(m_snippet, &SnippetPanel::copyWithSecretRequested, this, [this](SnippetKind kind, const QString& url) {
        showCopyError({});
        Q_EMIT copySnippetRequested(kind, url);
    });
}

void TokenDetails::setNote(const TokenNote& note)
{
    m_owner->setFullText(note.owner);
    m_note->setText(note.note);
    m_ownerName->setVisible(!note.owner.isEmpty());
    m_owner->setVisible(!note.owner.isEmpty());
    m_note->setVisible(!note.note.isEmpty());
}

void TokenDetails::showSnippetCopied()
{
    showCopyError({});
    m_snippet->showCopied();
}

void TokenDetails::setToken(const access::TokenId& id)
{
    if (id != m_id) {
        m_id = id;
        m_copyClientId->resetCopied();
        m_copySecret->resetCopied();
        m_snippet->resetCopied();
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
    m_snippet->setToken(token->clientId, access::ClientId{TokenModel::shortClientId(token->clientId).toStdString()}, snippetUrl(m_uses, m_edgeAddress),
                        m_model.isSecretKept(m_id));
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
    m_previous->setEnd(token->previousClientSecretExpiresAt, m_model.now());
    m_enable->setText(token->enabled ? tr("Disa&ble…") : tr("Ena&ble…"));
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
