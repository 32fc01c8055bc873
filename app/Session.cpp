// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Session.h"

#include "ui/DateText.h"

#include <QCoreApplication>

namespace latchkey::app {

void Session::record(ui::ChangeKind kind, const access::ServiceToken& token, const QString& detail)
{
    if (!local)
        return;
    const auto written = local->history.append({.at = clock.now(),
                                                .profileId = QString::fromStdString(secrets.profileId()),
                                                .account = account,
                                                .kind = kind,
                                                .token = token.id,
                                                .tokenName = QString::fromStdString(token.name),
                                                .detail = detail});
    if (!written)
        window.showNotice(QString::fromStdString(written.error().message));
}

void Session::recordRotation(const access::ServiceToken& token)
{
    const auto until = token.previousClientSecretExpiresAt;
    record(ui::ChangeKind::rotated, token,
           until && *until > clock.now() ? QCoreApplication::translate("latchkey::app::Session", "previous secret until %1").arg(ui::DateText().absolute(*until))
                                         : QCoreApplication::translate("latchkey::app::Session", "previous secret ended at once"));
}

} // namespace latchkey::app
