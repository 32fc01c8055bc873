// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "NoticeText.h"

#include <algorithm>

namespace latchkey::app {

namespace {
constexpr int namesInASummary = 4;
}

QString NoticeTarget::text() const
{
    // A token's id holds no blank; a profile's may.
    return token ? QString::fromStdString(token->id.value) + QLatin1Char(' ') + QString::fromStdString(token->profileId)
                 : QStringLiteral("list");
}

NoticeTarget NoticeTarget::from(const QString& text)
{
    const auto blank = text.indexOf(QLatin1Char(' '));
    if (blank < 0)
        return {};
    return {WatchedToken{text.mid(blank + 1).toStdString(), {text.left(blank).toStdString()}}};
}

NoticeText::NoticeText(ui::DateText dates, ProfileName profileName)
    : m_dates(std::move(dates))
    , m_profileName(std::move(profileName))
{
}

QString NoticeText::nameOf(const ExpiryNotice& notice) const
{
    const QString name = QString::fromStdString(notice.name);
    const QString profile = m_profileName(notice.token.profileId);
    return profile.isEmpty() ? name : tr("%1 (%2)", "token, account").arg(name, profile);
}

QString NoticeText::sentence(const ExpiryNotice& notice, std::chrono::sys_seconds now) const
{
    return notice.step == ExpiryStep::ended ? tr("%1 has expired").arg(nameOf(notice))
                                            : tr("%1 expires %2", "name, in 7 days").arg(nameOf(notice), m_dates.relative(notice.end, now));
}

Notification NoticeText::about(const std::vector<ExpiryNotice>& notices, std::chrono::sys_seconds now) const
{
    Notification result;
    result.pressing = std::ranges::any_of(notices, [](const ExpiryNotice& notice) { return notice.step >= ExpiryStep::day; });
    if (notices.size() == 1) {
        const ExpiryNotice& notice = notices.front();
        result.target = NoticeTarget{notice.token}.text();
        result.title = sentence(notice, now);
        result.body = notice.step == ExpiryStep::ended
            ? tr("It ended on %1. Whatever uses it is refused now; a refresh lets it in again.").arg(m_dates.absolute(notice.end))
            : tr("It ends on %1. A refresh keeps the secret: nothing that uses it has to change.").arg(m_dates.absolute(notice.end));
        result.actions = {{QString(refreshAction), tr("Refresh…")}};
        return result;
    }
    const auto ended = static_cast<int>(std::ranges::count(notices, ExpiryStep::ended, &ExpiryNotice::step));
    const auto soon = static_cast<int>(notices.size()) - ended;
    result.target = NoticeTarget{}.text();
    if (ended == 0)
        result.title = tr("%n token(s) expire soon", nullptr, soon);
    else if (soon == 0)
        result.title = tr("%n token(s) have expired", nullptr, ended);
    else
        result.title = tr("Tokens expired: %1, expiring soon: %2").arg(m_dates.count(ended), m_dates.count(soon));
    QStringList lines;
    for (const ExpiryNotice& notice : notices) {
        if (lines.size() == namesInASummary)
            break;
        lines << sentence(notice, now);
    }
    if (const int rest = static_cast<int>(notices.size()) - namesInASummary; rest > 0)
        lines << tr("and %n more", nullptr, rest);
    result.body = lines.join(QLatin1Char('\n'));
    return result;
}

} // namespace latchkey::app
