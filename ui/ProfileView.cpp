// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ProfileView.h"

#include "Theme.h"

#include <QCoreApplication>
#include <QPainter>

namespace latchkey::ui {

QColor profileColour(ProfileColour colour, Scheme scheme)
{
    // At least 3:1 beside every surface they border on, in both schemes.
    const bool light = scheme == Scheme::light;
    switch (colour) {
    case ProfileColour::none: return {};
    case ProfileColour::blue: return QColor::fromRgb(light ? 0xff2f5fd0 : 0xff86a8ff);
    case ProfileColour::green: return QColor::fromRgb(light ? 0xff1a7348 : 0xff55c08a);
    case ProfileColour::amber: return QColor::fromRgb(light ? 0xffb26a00 : 0xffe9b660);
    case ProfileColour::violet: return QColor::fromRgb(light ? 0xff7a3fb5 : 0xffc49bf0);
    case ProfileColour::red: return QColor::fromRgb(light ? 0xffc62828 : 0xffff8a80);
    }
    return {};
}

QString profileColourName(ProfileColour colour)
{
    switch (colour) {
    case ProfileColour::none: return QCoreApplication::translate("latchkey::ui::ProfileColour", "No colour");
    case ProfileColour::blue: return QCoreApplication::translate("latchkey::ui::ProfileColour", "Blue");
    case ProfileColour::green: return QCoreApplication::translate("latchkey::ui::ProfileColour", "Green");
    case ProfileColour::amber: return QCoreApplication::translate("latchkey::ui::ProfileColour", "Amber");
    case ProfileColour::violet: return QCoreApplication::translate("latchkey::ui::ProfileColour", "Violet");
    case ProfileColour::red: return QCoreApplication::translate("latchkey::ui::ProfileColour", "Red");
    }
    return {};
}

QString ProfileView::title() const
{
    return account.isEmpty() || account == name ? name : QCoreApplication::translate("latchkey::ui::ProfileView", "%1 (%2)", "profile, account").arg(name, account);
}

QIcon profileIcon(ProfileColour colour, Scheme scheme)
{
    if (colour == ProfileColour::none)
        return {};
    QPixmap pixmap(32, 32);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(profileColour(colour, scheme));
    painter.drawEllipse(QRectF(6, 6, 20, 20));
    painter.end();
    return QIcon(pixmap);
}

} // namespace latchkey::ui
