// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "RefreshRule.h"

#include "TokenQuery.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace latchkey::ui {

QString problemOf(const RefreshRule& rule)
{
    const auto tr = [](const char* text) { return QCoreApplication::translate("latchkey::ui::RefreshRule", text); };
    const TokenQuery query = TokenQuery::parse(rule.query);
    if (query.problem())
        return query.problem()->message;
    if (query.isEmpty())
        return tr("Say which tokens are meant, such as name:ci* or a part of their name.");
    static const QRegularExpression untold(QStringLiteral("(^|\\s)-?(app|owner):"), QRegularExpression::CaseInsensitiveOption);
    if (untold.match(rule.query).hasMatch())
        return tr("A rule cannot look at applications or owners; name the tokens.");
    if (rule.daysBefore < 1 || rule.daysBefore > RefreshRule::mostDays)
        return tr("Choose 1 to 90 days before the end.");
    return {};
}

} // namespace latchkey::ui
