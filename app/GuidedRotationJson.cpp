// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// How a guided rotation stands in its file.
#include "GuidedRotation.h"
#include "TokenNotes.h"

#include <QJsonArray>

#include <span>

namespace latchkey::app {

using namespace Qt::StringLiterals;
using std::chrono::sys_seconds;

namespace {

// Positions are the enumerations' own; the codes stand in files and stay.
constexpr const char* stepCodes[] = {"rotate", "deliver", "verify", "end_previous", "finish", "done"};
constexpr const char* deliveryCodes[] = {"waiting", "running", "delivered", "failed", "interrupted"};
constexpr const char* verificationCodes[] = {"open", "passed", "failed", "skipped"};

template <typename Enum>
QString codeText(Enum value, std::span<const char* const> codes)
{
    return QLatin1String(codes[static_cast<std::size_t>(value)]);
}

template <typename Enum>
std::optional<Enum> enumOf(const QJsonValue& value, std::span<const char* const> codes)
{
    for (std::size_t i = 0; i < codes.size(); ++i) {
        if (value.toString() == QLatin1String(codes[i]))
            return static_cast<Enum>(i);
    }
    return std::nullopt;
}

QJsonValue secondsJson(sys_seconds at)
{
    return static_cast<double>(at.time_since_epoch().count());
}

sys_seconds secondsFrom(const QJsonValue& value)
{
    return sys_seconds(std::chrono::seconds(static_cast<std::int64_t>(value.toDouble())));
}

} // namespace

QJsonObject GuidedRotation::toJson() const
{
    const RotationState& s = m_state;
    QJsonArray deliveries;
    for (const Delivery& delivery : s.deliveries)
        deliveries.append(QJsonObject{{u"consumer"_s, consumerToJson(delivery.consumer)},
                                      {u"state"_s, codeText(delivery.state, deliveryCodes)},
                                      {u"message"_s, delivery.message}});
    QJsonObject object{{u"profile"_s, QString::fromStdString(s.profileId)},
                       {u"account"_s, s.account},
                       {u"token"_s, QString::fromStdString(s.token.value)},
                       {u"name"_s, s.tokenName},
                       {u"client_id"_s, QString::fromStdString(s.clientId.value)},
                       {u"started_at"_s, secondsJson(s.startedAt)},
                       {u"previous_end_wanted"_s, secondsJson(s.previousEndWanted)},
                       {u"version_before"_s, s.versionBefore},
                       {u"step"_s, codeText(s.step, stepCodes)},
                       {u"underway"_s, s.underway},
                       {u"secret_lost"_s, s.secretLost},
                       {u"failure"_s, s.failure},
                       {u"deliveries"_s, deliveries},
                       {u"verify_url"_s, s.verifyUrl},
                       {u"verification"_s, codeText(s.verification, verificationCodes)},
                       {u"verify_text"_s, s.verifyText},
                       {u"previous_ended"_s, s.previousEnded},
                       {u"abandoned"_s, s.abandoned}};
    if (s.previousEnd)
        object.insert(u"previous_end"_s, secondsJson(*s.previousEnd));
    return object;
}

Result<GuidedRotation> GuidedRotation::fromJson(const QJsonObject& object)
{
    const auto step = enumOf<RotationStep>(object.value(u"step"_s), stepCodes);
    const auto verification = enumOf<Verification>(object.value(u"verification"_s), verificationCodes);
    RotationState s;
    s.profileId = object.value(u"profile"_s).toString().toStdString();
    s.token.value = object.value(u"token"_s).toString().toStdString();
    if (!step || !verification || s.profileId.empty() || s.token.isEmpty())
        return fail(ErrorCode::damaged, "A guided rotation's record cannot be read.");
    s.account = object.value(u"account"_s).toString();
    s.tokenName = object.value(u"name"_s).toString();
    s.clientId.value = object.value(u"client_id"_s).toString().toStdString();
    s.startedAt = secondsFrom(object.value(u"started_at"_s));
    s.previousEndWanted = secondsFrom(object.value(u"previous_end_wanted"_s));
    s.versionBefore = object.value(u"version_before"_s).toInt();
    s.step = *step;
    s.underway = object.value(u"underway"_s).toBool();
    s.secretLost = object.value(u"secret_lost"_s).toBool();
    s.failure = object.value(u"failure"_s).toString();
    if (object.contains(u"previous_end"_s))
        s.previousEnd = secondsFrom(object.value(u"previous_end"_s));
    s.verifyUrl = object.value(u"verify_url"_s).toString();
    s.verification = *verification;
    s.verifyText = object.value(u"verify_text"_s).toString();
    s.previousEnded = object.value(u"previous_ended"_s).toBool();
    s.abandoned = object.value(u"abandoned"_s).toBool();
    for (const auto& value : object.value(u"deliveries"_s).toArray()) {
        const QJsonObject delivery = value.toObject();
        const auto state = enumOf<DeliveryState>(delivery.value(u"state"_s), deliveryCodes);
        if (!state)
            return fail(ErrorCode::damaged, "A guided rotation's record cannot be read.");
        s.deliveries.push_back({.consumer = consumerFromJson(delivery.value(u"consumer"_s).toObject()),
                                .state = *state,
                                .message = delivery.value(u"message"_s).toString()});
    }
    return GuidedRotation(std::move(s));
}

} // namespace latchkey::app
