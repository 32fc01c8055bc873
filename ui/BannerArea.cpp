// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "BannerArea.h"

#include "Button.h"
#include "DateText.h"
#include "IconLabel.h"
#include "ObjectNames.h"
#include "Panel.h"
#include "TextLabel.h"

#include <QHBoxLayout>

#include <iterator>
#include <optional>

namespace latchkey::ui {

namespace {

struct Offer {
    ProblemAction action;
    QString text;
};

std::optional<Offer> offerOf(BannerKind kind)
{
    switch (kind) {
    case BannerKind::memorySession:
    case BannerKind::paused:
    case BannerKind::keychainAbsent: return std::nullopt;
    case BannerKind::apiTokenRejected:
    case BannerKind::tokensForbidden:
    case BannerKind::applicationsForbidden: return Offer{ProblemAction::editProfile, BannerArea::tr("Edit profile…")};
    case BannerKind::environmentToken: return Offer{ProblemAction::addProfile, BannerArea::tr("Add account…")};
    case BannerKind::keychainLocked: return Offer{ProblemAction::unlockAndRetry, BannerArea::tr("Unlock and retry")};
    case BannerKind::keychainRefused: return Offer{ProblemAction::unlockAndRetry, BannerArea::tr("Try again")};
    case BannerKind::agentDied:
    case BannerKind::otherVersion: return Offer{ProblemAction::restartNow, BannerArea::tr("Restart now")};
    }
    return std::nullopt;
}

QString wordsOf(BannerKind kind)
{
    switch (kind) {
    case BannerKind::memorySession:
        return BannerArea::tr("This session works without the keychain: tokens and applications made now are gone when you quit.");
    case BannerKind::keychainLocked:
        return BannerArea::tr("The keychain is locked: secrets cannot be kept or copied until it is open.");
    case BannerKind::keychainAbsent:
        return BannerArea::tr("No keychain answers on this computer: secrets cannot be kept or copied later.");
    case BannerKind::keychainRefused:
        return BannerArea::tr("The keychain refused: secrets cannot be kept or copied now.");
    case BannerKind::agentDied: return BannerArea::tr("The agent stopped unexpectedly.");
    case BannerKind::otherVersion:
        return BannerArea::tr("The agent that runs is of another version than this app. A restart brings them together.");
    case BannerKind::paused: return BannerArea::tr("The server asks for a pause: too many requests.");
    case BannerKind::apiTokenRejected: return BannerArea::tr("This profile's API token does not work.");
    case BannerKind::tokensForbidden: return BannerArea::tr("This profile's API token works, but it may not read service tokens.");
    case BannerKind::applicationsForbidden:
        return BannerArea::tr("This profile's API token may not read applications, so where tokens are used is not known.");
    case BannerKind::environmentToken:
        return BannerArea::tr("CLOUDFLARE_API_TOKEN is set. It can be used for a profile; until then it is neither read nor stored.");
    }
    Q_UNREACHABLE();
}

} // namespace

BannerArea::BannerArea(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(0);
    hide();
}

BannerArea::Banner& BannerArea::show(BannerKind kind)
{
    if (const auto found = m_banners.find(kind); found != m_banners.end())
        return found->second;

    const bool calm = kind == BannerKind::otherVersion || kind == BannerKind::environmentToken;
    auto* panel = new Panel(m_theme, calm ? Role::infoSurface : Role::warningSurface, Qt::BottomEdge, this);
    panel->setObjectName(names::banner(kind));
    auto* icon = new IconLabel(m_theme, calm ? IconName::info : IconName::warning, calm ? Role::accentText : Role::warning);
    auto* text = new TextLabel(m_theme, Role::text, TextLabel::Size::body);
    text->setWordWrap(true);
    auto* row = new QHBoxLayout(panel);
    row->setContentsMargins(18, grid, 18, grid + 1);
    row->setSpacing(10);
    row->addWidget(icon, 0, Qt::AlignVCenter);
    row->addWidget(text, 1);
    if (const auto offer = offerOf(kind)) {
        auto* button = new Button(m_theme, Button::Kind::standard, offer->text, panel);
        button->setObjectName(names::bannerAction(kind));
        row->addWidget(button);
        connect(button, &Button::clicked, this, [this, action = offer->action] { Q_EMIT actionRequested(action); });
    }
    const auto inserted = m_banners.emplace(kind, Banner{panel, text}).first;
    m_column->insertWidget(static_cast<int>(std::distance(m_banners.begin(), inserted)), panel);
    QWidget::show();
    return inserted->second;
}

void BannerArea::setBanner(BannerKind kind, const QString& reason)
{
    const QString words = wordsOf(kind);
    Banner& banner = show(kind);
    banner.text->setText(reason.isEmpty() ? words : tr("%1 %2", "sentence, reason").arg(words, reason));
}

void BannerArea::setAgentDied(const Problem& problem)
{
    QString words = wordsOf(BannerKind::agentDied);
    words = problem.restartIn
        ? tr("%1 It is restarted in %2; the list shows what was last known.").arg(words, DateText::countdown(*problem.restartIn))
        : tr("%1 The list shows what was last known.").arg(words);
    Banner& banner = show(BannerKind::agentDied);
    banner.text->setText(problem.reason.isEmpty() ? words : tr("%1 %2", "sentence, reason").arg(words, problem.reason));
}

void BannerArea::clearBanner(BannerKind kind)
{
    const auto found = m_banners.find(kind);
    if (found == m_banners.end())
        return;
    found->second.panel->hide();
    found->second.panel->deleteLater();
    m_banners.erase(found);
    setVisible(!m_banners.empty());
}

} // namespace latchkey::ui
