// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SecretPage.h"

#include "BusyIndicator.h"
#include "Button.h"
#include "CopyButton.h"
#include "FlowLayout.h"
#include "IconLabel.h"
#include "ObjectNames.h"
#include "Panel.h"
#include "SecretField.h"
#include "TextField.h"
#include "TextLabel.h"

#include <QAccessible>
#include <QCheckBox>
#include <QVBoxLayout>

namespace latchkey::ui {

using namespace Qt::StringLiterals;

SecretPage::SecretPage(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_title(new TextLabel(theme, Role::text, TextLabel::Size::heading))
    , m_subtitle(new TextLabel(theme, Role::mutedText, TextLabel::Size::body))
    , m_banner(new Panel(theme, Role::warningSurface))
    , m_bannerIcon(new IconLabel(theme, IconName::warning, Role::warning))
    , m_bannerText(new TextLabel(theme, Role::warning, TextLabel::Size::body))
    , m_clientId(new TextField)
    , m_secret(new SecretField(theme))
    , m_reveal(new Button(theme, IconName::show, tr("Show the secret")))
    , m_countdown(new TextLabel(theme, Role::mutedText, TextLabel::Size::caption))
    , m_copyError(new TextLabel(theme, Role::danger, TextLabel::Size::body))
    , m_keepBusy(new BusyIndicator(theme, 2 * grid))
    , m_keepIcon(new IconLabel(theme, IconName::ok, Role::success))
    , m_keepText(new TextLabel(theme, Role::text, TextLabel::Size::body))
    , m_keepRetry(new Button(theme, Button::Kind::standard, tr("Try &again")))
    , m_stored(new QCheckBox(tr("I have &stored the secret safely")))
    , m_done(new Button(theme, Button::Kind::primary, tr("&Done")))
{
    setObjectName(names::secretPage);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * grid, 3 * grid, 3 * grid, 3 * grid);
    column->setSpacing(6);
    buildHead(*column);
    buildFields(*column);
    buildCopies(*column);
    buildKeep(*column);
    column->addStretch(1);
    buildFoot(*column);
}

void SecretPage::buildHead(QVBoxLayout& column)
{
    m_title->setObjectName(names::secretTitle);
    m_title->setWordWrap(true);
    m_subtitle->setWordWrap(true);
    m_banner->setCard(true);
    m_bannerText->setTextFormat(Qt::RichText);
    m_bannerText->setWordWrap(true);
    auto* row = new QHBoxLayout(m_banner);
    row->setContentsMargins(10, grid, 10, grid);
    row->setSpacing(grid);
    row->addWidget(m_bannerIcon, 0, Qt::AlignTop);
    row->addWidget(m_bannerText, 1);
    column.addWidget(m_title);
    column.addWidget(m_subtitle);
    column.addSpacing(4);
    column.addWidget(m_banner);
    column.addSpacing(10);
}

CopyButton* SecretPage::addCopy(CopyKind kind, const QString& text, bool withIcon)
{
    auto* copy = new CopyButton(m_theme, text, withIcon);
    copy->button()->setObjectName(names::secretCopy(kind));
    connect(copy, &CopyButton::clicked, this, [this, kind] {
        showCopyError({});
        Q_EMIT copyRequested(kind);
    });
    m_copies[kind] = copy;
    return copy;
}

void SecretPage::buildFields(QVBoxLayout& column)
{
    auto* idLabel = new TextLabel(m_theme, Role::mutedText, TextLabel::Size::body, tr("Client &ID"));
    idLabel->setBuddy(m_clientId);
    m_clientId->setObjectName(names::secretClientId);
    m_clientId->setAccessibleName(tr("Client ID"));
    m_clientId->setReadOnly(true);
    m_clientId->setFont(Theme::codeFont());
    m_clientId->setLayoutDirection(Qt::LeftToRight);
    CopyButton* copyId = addCopy(CopyKind::clientId, tr("Copy", "Client ID"), true);
    copyId->button()->setAccessibleName(tr("Copy the Client ID"));
    m_clientId->setFixedHeight(copyId->sizeHint().height());
    auto* idRow = new QHBoxLayout;
    idRow->setSpacing(6);
    idRow->addWidget(m_clientId, 1);
    idRow->addWidget(copyId);
    column.addWidget(idLabel);
    column.addLayout(idRow);
    column.addSpacing(10);

    auto* secretLabel = new TextLabel(m_theme, Role::mutedText, TextLabel::Size::body, tr("Client S&ecret"));
    secretLabel->setBuddy(m_secret);
    m_secret->setObjectName(names::secretField);
    m_reveal->setObjectName(names::secretReveal);
    CopyButton* copySecret = addCopy(CopyKind::clientSecret, tr("Copy", "Client Secret"), true);
    copySecret->button()->setAccessibleName(tr("Copy the Client Secret"));
    m_countdown->setObjectName(names::secretCountdown);
    m_countdown->setText(u" "_s);
    m_copyError->setObjectName(names::secretCopyError);
    m_copyError->setWordWrap(true);
    m_copyError->hide();
    auto* secretRow = new QHBoxLayout;
    secretRow->setSpacing(6);
    secretRow->addWidget(m_secret, 1);
    secretRow->addWidget(m_reveal, 0, Qt::AlignTop);
    secretRow->addWidget(copySecret, 0, Qt::AlignTop);
    column.addWidget(secretLabel);
    column.addLayout(secretRow);
    column.addWidget(m_countdown);
    column.addWidget(m_copyError);
    connect(m_reveal, &Button::clicked, this, &SecretPage::toggleReveal);
    connect(m_secret, &SecretField::copyRequested, copySecret->button(), &Button::click);
}

void SecretPage::buildCopies(QVBoxLayout& column)
{
    column.addSpacing(6);
    column.addWidget(new TextLabel(m_theme, Role::mutedText, TextLabel::Size::body, tr("Copy both as")));
    auto* row = new FlowLayout(6);
    row->addWidget(addCopy(CopyKind::headers, tr("Request &headers"), false));
    row->addWidget(addCopy(CopyKind::environment, tr("En&vironment variables"), false));
    row->addWidget(addCopy(CopyKind::curl, tr("c&url command"), false));
    row->addWidget(addCopy(CopyKind::json, tr("&JSON"), false));
    column.addLayout(row);
}

void SecretPage::buildKeep(QVBoxLayout& column)
{
    m_keepText->setObjectName(names::secretKeepState);
    m_keepText->setWordWrap(true);
    m_keepRetry->setObjectName(names::secretKeepRetry);
    auto* row = new QHBoxLayout;
    row->setSpacing(grid);
    row->addWidget(m_keepBusy);
    row->addWidget(m_keepIcon);
    row->addWidget(m_keepText, 1);
    row->addWidget(m_keepRetry);
    column.addSpacing(10);
    column.addLayout(row);
    connect(m_keepRetry, &Button::clicked, this, &SecretPage::keepRetryRequested);
}

void SecretPage::buildFoot(QVBoxLayout& column)
{
    m_stored->setObjectName(names::secretStored);
    m_done->setObjectName(names::secretDone);
    auto* line = new Panel(m_theme, Role::hairline);
    line->setFixedHeight(1);
    auto* row = new QHBoxLayout;
    row->addWidget(m_stored, 1);
    row->addWidget(m_done);
    column.addSpacing(grid);
    column.addWidget(line);
    column.addSpacing(grid);
    column.addLayout(row);
    connect(m_stored, &QCheckBox::toggled, this, &SecretPage::updateDone);
    connect(m_done, &Button::clicked, this, &SecretPage::done);
}

void SecretPage::setOccasion(SecretDialog::Occasion occasion)
{
    m_occasion = occasion;
}

void SecretPage::showToken(const access::ServiceToken& token, SecretBytes secret)
{
    const QString name = QString::fromStdString(token.name);
    if (m_occasion == SecretDialog::Occasion::rotated) {
        m_title->setText(tr("“%1” has a new secret").arg(name));
        const auto until = token.previousClientSecretExpiresAt;
        // The answer's own time is the server's clock when the secret was made: no need to ask ours.
        m_subtitle->setText(until && *until > token.updatedAt ? tr("The previous secret is accepted until %1. The Client ID stays the same.").arg(m_dates.absolute(*until))
                                                              : tr("The previous secret is no longer accepted. The Client ID stays the same."));
    } else {
        m_title->setText(tr("“%1” was created").arg(name));
        m_subtitle->setText(token.expiresAt ? tr("Valid for %1, until %2.").arg(m_dates.length(token.duration), m_dates.date(*token.expiresAt))
                                            : tr("Valid until it is deleted."));
    }
    m_subtitle->setWordWrap(true);
    m_clientId->setText(QString::fromStdString(token.clientId.value));
    m_clientId->setCursorPosition(0);
    m_secret->setSecret(std::move(secret));
    m_copies[CopyKind::clientSecret]->button()->setFocus();
}

const SecretBytes& SecretPage::secret() const
{
    return m_secret->secret();
}

void SecretPage::wipe()
{
    m_secret->clear();
}

void SecretPage::setKeepState(KeepState state, const QString& reason)
{
    m_keepState = state;
    m_keepBusy->setVisible(state == KeepState::keeping);
    m_keepIcon->setVisible(state != KeepState::keeping);
    m_keepRetry->setVisible(state == KeepState::failed);
    m_keepText->setRole(state == KeepState::failed ? Role::danger : Role::text);
    switch (state) {
    case KeepState::notAsked:
        m_keepIcon->setIcon(IconName::info, Role::mutedText);
        m_keepText->setText(tr("Not kept on this computer"));
        break;
    case KeepState::keeping:
        m_keepText->setText(tr("Putting it into this computer's keychain…"));
        break;
    case KeepState::kept:
        m_keepIcon->setIcon(IconName::ok, Role::success);
        m_keepText->setText(tr("Kept in this computer's keychain, so that Latchkey can copy it later"));
        break;
    case KeepState::failed:
        m_keepIcon->setIcon(IconName::warning, Role::danger);
        m_keepText->setText(reason.isEmpty() ? tr("It could not be kept in the keychain.")
                                             : tr("It could not be kept in the keychain. %1").arg(reason));
        break;
    }
    QAccessibleEvent event(m_keepText, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
    fillBanner();
    updateDone();
}

void SecretPage::fillBanner()
{
    const bool kept = m_keepState == KeepState::kept;
    m_banner->setSurface(kept ? Role::infoSurface : Role::warningSurface);
    m_bannerIcon->setIcon(kept ? IconName::info : IconName::warning, kept ? Role::accentText : Role::warning);
    m_bannerText->setRole(kept ? Role::text : Role::warning);
    m_bannerText->setText(
        kept ? u"<b>%1</b> %2"_s.arg(tr("The Client Secret is shown only now.").toHtmlEscaped(),
                                     tr("Later it can be copied from this computer's keychain, and from nowhere else.").toHtmlEscaped())
             : u"<b>%1</b> %2"_s.arg(tr("Copy the Client Secret now.").toHtmlEscaped(),
                                     tr("This is the only time it is shown. If it is lost, rotate the token again.").toHtmlEscaped()));
}

void SecretPage::setClipboardCountdown(std::optional<std::chrono::seconds> left)
{
    m_countdown->setText(left ? tr("The clipboard is cleared in %1, unless it changes before.").arg(DateText::countdown(*left)) : u" "_s);
    if (left)
        return;
    for (const auto& [kind, copy] : m_copies)
        copy->resetCopied();
}

void SecretPage::showCopied(CopyKind kind)
{
    showCopyError({});
    for (const auto& [other, copy] : m_copies) {
        if (other == kind)
            copy->showCopied(kind != CopyKind::clientId);
        else
            copy->resetCopied();
    }
    m_copied = m_copied || kind != CopyKind::clientId;
    updateDone();
}

void SecretPage::showCopyError(const QString& text)
{
    m_copyError->setText(text);
    m_copyError->setVisible(!text.isEmpty());
}

bool SecretPage::mayClose() const
{
    return m_copied || m_keepState == KeepState::kept || m_stored->isChecked();
}

void SecretPage::updateDone()
{
    m_done->setEnabled(mayClose());
    m_done->setToolTip(mayClose() ? QString() : tr("First copy the secret, or say that it is stored safely."));
}

void SecretPage::toggleReveal()
{
    m_secret->setRevealed(!m_secret->isRevealed());
    m_reveal->setThemedIcon(m_secret->isRevealed() ? IconName::hide : IconName::show);
    const QString name = m_secret->isRevealed() ? tr("Hide the secret") : tr("Show the secret");
    m_reveal->setAccessibleName(name);
    m_reveal->setToolTip(name);
}

} // namespace latchkey::ui
