// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ProfileStripe.h"

#include "ObjectNames.h"
#include "Theme.h"

#include <QPainter>

namespace latchkey::ui {

ProfileStripe::ProfileStripe(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
{
    setObjectName(names::profileStripe);
    setFixedHeight(grid / 2);
    hide();
}

void ProfileStripe::setProfile(const ProfileView& profile)
{
    m_colour = profile.stripe();
    setVisible(m_colour != ProfileColour::none);
    update();
}

void ProfileStripe::paintEvent(QPaintEvent*)
{
    QPainter(this).fillRect(rect(), profileColour(m_colour, m_theme.scheme()));
}

} // namespace latchkey::ui
