// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ApiTokenWords.h"

#include <QCoreApplication>

namespace latchkey::app {

namespace {

using Found = ui::ProfileFinding::Kind;
using Right = client::ApiTokenReport::Right;

struct ApiTokenWords {
    Q_DECLARE_TR_FUNCTIONS(latchkey::app::ApiTokenWords)
};

ui::ProfileFinding findingOf(client::ApiRight right, Right known)
{
    const QString permission = permissionName(right);
    switch (right) {
    case client::ApiRight::readTokens:
        return known == Right::granted  ? ui::ProfileFinding{Found::good, ApiTokenWords::tr("It may read service tokens.")}
             : known == Right::lacking ? ui::ProfileFinding{Found::bad, ApiTokenWords::tr("It may not read service tokens, so there is nothing to show. That needs %1.").arg(permission)}
                                       : ui::ProfileFinding{Found::unknown, ApiTokenWords::tr("Whether it may read service tokens could not be found out.")};
    case client::ApiRight::editTokens:
        return known == Right::granted  ? ui::ProfileFinding{Found::good, ApiTokenWords::tr("It may create, change and delete service tokens.")}
             : known == Right::lacking ? ui::ProfileFinding{Found::bad, ApiTokenWords::tr("It may not create, change, rotate or delete service tokens. That needs %1.").arg(permission)}
                                       : ui::ProfileFinding{Found::unknown, ApiTokenWords::tr("Whether it may change service tokens could not be found out.")};
    case client::ApiRight::readApplications:
        return known == Right::granted  ? ui::ProfileFinding{Found::good, ApiTokenWords::tr("It may read applications.")}
             : known == Right::lacking ? ui::ProfileFinding{Found::bad, ApiTokenWords::tr("It may not read applications, so where tokens are used will not be known. That needs %1.").arg(permission)}
                                       : ui::ProfileFinding{Found::unknown, ApiTokenWords::tr("Whether it may read applications could not be found out.")};
    }
    return {};
}

} // namespace

QString permissionName(client::ApiRight right)
{
    // Source: access-facts, "Permissions an API token needs"; the dashboard calls writing Edit.
    switch (right) {
    case client::ApiRight::readTokens: return ApiTokenWords::tr("“Access: Service Tokens” (Read)");
    case client::ApiRight::editTokens: return ApiTokenWords::tr("“Access: Service Tokens” (Edit)");
    case client::ApiRight::readApplications: return ApiTokenWords::tr("“Access: Apps and Policies” (Read)");
    }
    return {};
}

QUrl apiTokenPage()
{
    return QUrl(QStringLiteral("https://dash.cloudflare.com/profile/api-tokens"));
}

ui::ProfileReport reportOf(const client::ApiTokenReport& report)
{
    ui::ProfileReport shown{.works = report.works(), .findings = {}, .accounts = {}, .accountId = QString::fromStdString(report.accountId)};
    for (const client::NamedPlace& account : report.accounts)
        shown.accounts.emplace_back(QString::fromStdString(account.id), QString::fromStdString(account.name));
    if (report.error) {
        shown.findings.push_back({Found::bad, QString::fromStdString(report.error->message)});
        return shown;
    }
    if (!report.works()) {
        shown.findings.push_back({Found::bad, ApiTokenWords::tr("The API token does not work: it is “%1”.").arg(QString::fromStdString(report.status))});
        return shown;
    }
    shown.findings.push_back({Found::good, ApiTokenWords::tr("The API token works.")});
    if (report.accounts.empty())
        shown.findings.push_back({Found::unknown, report.accountId.empty() ? ApiTokenWords::tr("It may not list accounts: enter the account's ID below, then test again. It stands in the dashboard's address.")
                                                                          : ApiTokenWords::tr("It may not list accounts; the ID below is used as it is.")});
    // What is missing is told even when the token works: it is found out now, not at the first refusal.
    for (const auto& [right, known] : report.rights)
        shown.findings.push_back(findingOf(right, known));
    return shown;
}

} // namespace latchkey::app
