// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Sidebar.h"

#include "DateText.h"
#include "NavButton.h"
#include "ObjectNames.h"
#include "ProfileCard.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QKeySequence>

namespace latchkey::ui {

namespace {

Role dotRole(AgentStatus::Phase phase)
{
    switch (phase) {
    case AgentStatus::Phase::running: return Role::success;
    case AgentStatus::Phase::starting:
    case AgentStatus::Phase::waitingForKeychain:
    case AgentStatus::Phase::stopping:
    case AgentStatus::Phase::restarting: return Role::warning;
    case AgentStatus::Phase::stopped: return Role::mutedText;
    case AgentStatus::Phase::failed: return Role::danger;
    }
    return Role::mutedText;
}

} // namespace

Sidebar::Sidebar(const Theme& theme, QWidget* parent)
    : Panel(theme, Role::sidebar, Qt::RightEdge, parent)
    , m_card(new ProfileCard(theme))
    , m_tokens(new NavButton(theme, IconName::key, tr("&Tokens")))
{
    connect(m_card, &ProfileCard::clicked, this, &Sidebar::profilesChosen);

    m_tokens->setObjectName(names::navTokens);
    m_tokens->setCheckable(true);
    m_tokens->setChecked(true);
    m_tokens->setAutoExclusive(true);
    connect(m_tokens, &NavButton::clicked, this, &Sidebar::tokensChosen);

    auto* actions = new NavButton(theme, IconName::command, tr("All actions"), this);
    actions->setMuted(true);
    actions->setTrailing(QKeySequence(Qt::CTRL | Qt::Key_K).toString(QKeySequence::NativeText));
    connect(actions, &NavButton::clicked, this, &Sidebar::actionsChosen);

    auto* addAccount = new NavButton(theme, IconName::plus, tr("&Add Cloudflare account"), this);
    addAccount->setObjectName(names::navAddAccount);
    addAccount->setMuted(true);
    connect(addAccount, &NavButton::clicked, this, &Sidebar::addAccountChosen);
    auto* settings = new NavButton(theme, IconName::settings, tr("&Settings"), this);
    settings->setObjectName(names::navSettings);
    settings->setMuted(true);
    connect(settings, &NavButton::clicked, this, &Sidebar::settingsChosen);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 12, 11, 12);
    column->setSpacing(2);
    column->addWidget(m_card);
    column->addSpacing(12);
    column->addWidget(m_tokens);
    column->addStretch(1);
    column->addWidget(addAccount);
    column->addWidget(settings);
    column->addWidget(actions);

    applyFont();
    setAgentStatus({});
}

QWidget* Sidebar::profileCard() const
{
    return m_card;
}

void Sidebar::setProfile(const ProfileView& profile)
{
    m_kind = profile.kind;
    m_card->setProfile(profile);
    if (m_kind == ProfileView::Kind::agent)
        setAgentStatus(m_agent);
}

void Sidebar::setAgentStatus(const AgentStatus& status)
{
    m_agent = status;
    if (m_kind == ProfileView::Kind::agent)
        m_card->setState(dotRole(status.phase), words(status));
}

void Sidebar::setListState(Role dot, const QString& words)
{
    if (m_kind != ProfileView::Kind::agent)
        m_card->setState(dot, words);
}

void Sidebar::setTokenCount(const QString& count)
{
    m_tokens->setTrailing(count);
    m_tokens->setAccessibleDescription(count);
}

QString Sidebar::words(const AgentStatus& status)
{
    switch (status.phase) {
    case AgentStatus::Phase::starting: return tr("Starting…");
    case AgentStatus::Phase::waitingForKeychain: return tr("Waiting for the keychain");
    case AgentStatus::Phase::running:
        return status.edgeAddress.isEmpty() ? tr("Running") : tr("Running on %1").arg(status.edgeAddress);
    case AgentStatus::Phase::stopping: return tr("Stopping…");
    case AgentStatus::Phase::stopped: return tr("Stopped");
    case AgentStatus::Phase::restarting:
        return status.restartIn ? tr("Restarting in %1", "0:04").arg(DateText::countdown(*status.restartIn)) : tr("Restarting…");
    case AgentStatus::Phase::failed: return tr("Not running");
    }
    Q_UNREACHABLE();
}

void Sidebar::changeEvent(QEvent* event)
{
    Panel::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        applyFont();
}

void Sidebar::applyFont()
{
    // "Running on 127.0.0.1:8400" in one line is what it is measured for.
    const QFontMetrics caption(Theme::captionFont());
    setFixedWidth(caption.horizontalAdvance(tr("Running on %1").arg(QStringLiteral("127.0.0.1:8400"))) + 10 * grid);
}

} // namespace latchkey::ui
