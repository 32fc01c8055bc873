// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ObjectNames.h"

namespace latchkey::ui::names {

using namespace Qt::StringLiterals;

namespace {

QLatin1StringView suffix(BannerKind kind)
{
    switch (kind) {
    case BannerKind::memorySession: return "MemorySession"_L1;
    case BannerKind::keychainLocked: return "KeychainLocked"_L1;
    case BannerKind::keychainAbsent: return "KeychainAbsent"_L1;
    case BannerKind::keychainRefused: return "KeychainRefused"_L1;
    case BannerKind::agentDied: return "AgentDied"_L1;
    case BannerKind::otherVersion: return "OtherVersion"_L1;
    case BannerKind::paused: return "Paused"_L1;
    case BannerKind::apiTokenRejected: return "ApiTokenRejected"_L1;
    case BannerKind::tokensForbidden: return "TokensForbidden"_L1;
    case BannerKind::applicationsForbidden: return "ApplicationsForbidden"_L1;
    case BannerKind::environmentToken: return "EnvironmentToken"_L1;
    }
    Q_UNREACHABLE();
}

} // namespace

QString profileAction(const QString& id)
{
    return "actionProfile-"_L1 + id;
}

QString filterChip(TokenFilter filter)
{
    switch (filter) {
    case TokenFilter::all: return u"filterAll"_s;
    case TokenFilter::expiringSoon: return u"filterExpiringSoon"_s;
    case TokenFilter::expired: return u"filterExpired"_s;
    case TokenFilter::disabled: return u"filterDisabled"_s;
    case TokenFilter::unused: return u"filterUnused"_s;
    }
    Q_UNREACHABLE();
}

QString secretCopy(CopyKind kind)
{
    switch (kind) {
    case CopyKind::clientId: return u"secretCopyClientId"_s;
    case CopyKind::clientSecret: return u"secretCopyClientSecret"_s;
    case CopyKind::headers: return u"secretCopyHeaders"_s;
    case CopyKind::environment: return u"secretCopyEnvironment"_s;
    case CopyKind::curl: return u"secretCopyCurl"_s;
    case CopyKind::json: return u"secretCopyJson"_s;
    }
    Q_UNREACHABLE();
}

QString banner(BannerKind kind)
{
    return "banner"_L1 + suffix(kind);
}

QString bannerAction(BannerKind kind)
{
    return "bannerAction"_L1 + suffix(kind);
}

QString problemAction(ProblemAction action)
{
    switch (action) {
    case ProblemAction::unlockAndRetry: return u"problemUnlockAndRetry"_s;
    case ProblemAction::useWithoutKeychain: return u"problemUseWithoutKeychain"_s;
    case ProblemAction::repair: return u"problemRepair"_s;
    case ProblemAction::retry: return u"problemRetry"_s;
    case ProblemAction::restartNow: return u"problemRestartNow"_s;
    case ProblemAction::openDataDirectory: return u"problemOpenDataDirectory"_s;
    case ProblemAction::quit: return u"problemQuit"_s;
    case ProblemAction::editProfile: return u"problemEditProfile"_s;
    case ProblemAction::addProfile: return u"problemAddProfile"_s;
    }
    Q_UNREACHABLE();
}

} // namespace latchkey::ui::names
