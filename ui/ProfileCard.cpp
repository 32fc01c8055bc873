// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ProfileCard.h"

#include "ObjectNames.h"
#include "StateDot.h"
#include "TextLabel.h"
#include "ThemeStyle.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QStyle>

namespace latchkey::ui {

namespace {
constexpr int chevronSide = 14;
constexpr int stripeWidth = 4;
}

ProfileCard::ProfileCard(const Theme& theme, QWidget* parent)
    : QAbstractButton(parent)
    , m_theme(theme)
    , m_name(new TextLabel(theme, Role::text, TextLabel::Size::strong))
    , m_state(new TextLabel(theme, Role::mutedText, TextLabel::Size::caption))
    , m_production(new TextLabel(theme, Role::text, TextLabel::Size::caption, tr("Production")))
    , m_dot(new StateDot(theme))
{
    setObjectName(names::profileCard);
    setAttribute(Qt::WA_Hover);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    m_name->setObjectName(names::profileName);
    m_name->setElided(Qt::ElideRight);
    m_state->setObjectName(names::profileState);
    m_state->setWordWrap(true);
    m_production->setObjectName(names::profileProduction);
    QFont strong = m_production->font();
    strong.setWeight(QFont::DemiBold);
    m_production->setFont(strong);
    m_production->hide();

    auto* lines = new QVBoxLayout;
    lines->setSpacing(3);
    lines->addWidget(m_name);
    lines->addWidget(m_state);
    lines->addWidget(m_production);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(10 + stripeWidth / 2, 10, 10 + chevronSide, 10);
    row->setSpacing(grid);
    row->addWidget(m_dot);
    row->addLayout(lines, 1);
    // The button is one thing to press: what is in it neither takes clicks nor is a stop of its own.
    for (QWidget* part : std::initializer_list<QWidget*>{m_name, m_state, m_production, m_dot})
        part->setAttribute(Qt::WA_TransparentForMouseEvents);
    setProfile({});
}

void ProfileCard::setProfile(const ProfileView& profile)
{
    m_profile = profile;
    if (m_profile.name.isEmpty())
        m_profile.name = tr("Local agent");
    m_name->setFullText(m_profile.name);
    m_production->setVisible(profile.production);
    describe();
    updateGeometry();
    update();
}

void ProfileCard::setState(Role dot, const QString& words)
{
    m_dot->setRole(dot);
    m_state->setText(words);
    describe();
    updateGeometry();
}

void ProfileCard::describe()
{
    setAccessibleName(tr("Profile: %1").arg(m_profile.name));
    setAccessibleDescription(m_profile.production ? tr("%1. Production. Opens the list of profiles.").arg(m_state->text())
                                                  : tr("%1. Opens the list of profiles.").arg(m_state->text()));
    setToolTip(tr("Switch the profile (Ctrl+P)"));
}

QSize ProfileCard::sizeHint() const
{
    return layout()->totalSizeHint();
}

QSize ProfileCard::minimumSizeHint() const
{
    return layout()->totalMinimumSize();
}

void ProfileCard::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const bool focused = hasFocus() && window()->testAttribute(Qt::WA_KeyboardFocusChange);
    drawRounded(painter, QRectF(rect()), m_theme.color(underMouse() || isDown() ? Role::hover : Role::surface),
                m_theme.color(focused ? Role::accentText : Role::hairline), 5, focused ? 2 : 1);
    if (const QColor stripe = profileColour(m_profile.stripe(), m_theme.scheme()); stripe.isValid()) {
        const QRect logical(0, 0, stripeWidth, height());
        painter.save();
        painter.setClipRect(QStyle::visualRect(layoutDirection(), rect(), logical));
        drawRounded(painter, QRectF(rect()), stripe, {}, 5);
        painter.restore();
    }
    const QRect chevron(width() - chevronSide - grid, (height() - chevronSide) / 2, chevronSide, chevronSide);
    painter.drawPixmap(QStyle::visualRect(layoutDirection(), rect(), chevron).topLeft(),
                       m_theme.pixmap(IconName::chevron, Role::mutedText, chevronSide, devicePixelRatioF()));
}

void ProfileCard::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Down:
        click();
        break;
    default:
        QAbstractButton::keyPressEvent(event);
    }
}

} // namespace latchkey::ui
