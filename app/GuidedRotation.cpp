// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "GuidedRotation.h"

#include <algorithm>

namespace latchkey::app {

GuidedRotation::GuidedRotation(Plan plan)
{
    m_state.profileId = std::move(plan.profileId);
    m_state.account = std::move(plan.account);
    m_state.token = std::move(plan.token);
    m_state.tokenName = std::move(plan.tokenName);
    m_state.clientId = std::move(plan.clientId);
    m_state.startedAt = plan.startedAt;
    m_state.previousEndWanted = plan.previousEnd;
    m_state.versionBefore = plan.versionBefore;
    m_state.verifyUrl = std::move(plan.verifyUrl);
    for (ui::Consumer& consumer : plan.consumers)
        m_state.deliveries.push_back({.consumer = std::move(consumer), .state = DeliveryState::waiting, .message = {}});
}

void GuidedRotation::enter(RotationStep step)
{
    m_state.step = step;
    m_state.underway = false;
    m_state.failure.clear();
    if (step == RotationStep::deliver)
        advanceWhenDelivered();   // nobody to deliver to
}

void GuidedRotation::advanceWhenDelivered()
{
    const bool all = std::ranges::all_of(m_state.deliveries, [](const Delivery& delivery) { return delivery.state == DeliveryState::delivered; });
    if (all)
        enter(RotationStep::verify);
}

void GuidedRotation::resumed(const Facts& facts)
{
    switch (m_state.step) {
    case RotationStep::rotate:
        // The call may have happened although its outcome was never written down.
        if (m_state.underway && facts.version > m_state.versionBefore) {
            m_state.previousEnd = facts.previousEnd;
            if (facts.secretInKeychain)
                enter(RotationStep::deliver);
            else
                m_state.secretLost = true;
        }
        m_state.underway = false;
        return;
    case RotationStep::deliver:
        for (Delivery& delivery : m_state.deliveries) {
            if (delivery.state == DeliveryState::running)
                delivery.state = DeliveryState::interrupted;
        }
        break;
    case RotationStep::verify:
    case RotationStep::endPrevious: m_state.underway = false; break;   // each of them does no harm twice
    case RotationStep::finish:
        // It leaves its waiting place only after it has reached its lasting one.
        if (!facts.secretInKeychain)
            enter(RotationStep::done);
        return;
    case RotationStep::done: return;
    }
    // Without its secret nothing can be delivered, verified or kept any more.
    if (!facts.secretInKeychain && m_state.step != RotationStep::endPrevious)
        m_state.secretLost = true;
    if (facts.previousEnd)
        m_state.previousEnd = facts.previousEnd;
}

bool GuidedRotation::beginRotate(int versionNow)
{
    if (m_state.underway || !(isAt(RotationStep::rotate) || m_state.secretLost) || isAt(RotationStep::done))
        return false;
    if (m_state.secretLost) {
        // A new secret once more: whoever got the lost one needs it again.
        m_state.secretLost = false;
        m_state.verification = Verification::open;
        m_state.verifyText.clear();
        for (Delivery& delivery : m_state.deliveries)
            delivery = {.consumer = delivery.consumer, .state = DeliveryState::waiting, .message = {}};
    }
    enter(RotationStep::rotate);
    m_state.versionBefore = versionNow;
    m_state.underway = true;
    return true;
}

bool GuidedRotation::rotated(std::optional<std::chrono::sys_seconds> previousEnd)
{
    if (!isAt(RotationStep::rotate) || !m_state.underway)
        return false;
    m_state.previousEnd = previousEnd;
    enter(RotationStep::deliver);
    return true;
}

bool GuidedRotation::rotateFailed(const QString& why)
{
    if (!isAt(RotationStep::rotate) || !m_state.underway)
        return false;
    m_state.underway = false;
    m_state.failure = why;
    return true;
}

bool GuidedRotation::storeFailed(const QString& why)
{
    if (!isAt(RotationStep::rotate) || !m_state.underway)
        return false;
    m_state.failure = why;   // still under way: after a crash now, the secret is lost
    return true;
}

bool GuidedRotation::beginDelivery(std::size_t index)
{
    if (!isDelivery(index) || m_state.secretLost || m_state.deliveries[index].state == DeliveryState::running
        || m_state.deliveries[index].state == DeliveryState::delivered || m_state.deliveries[index].consumer.kind != ui::Consumer::Kind::command)
        return false;
    m_state.deliveries[index].state = DeliveryState::running;
    m_state.deliveries[index].message.clear();
    return true;
}

bool GuidedRotation::delivered(std::size_t index)
{
    if (!isDelivery(index) || m_state.deliveries[index].state != DeliveryState::running)
        return false;
    m_state.deliveries[index].state = DeliveryState::delivered;
    advanceWhenDelivered();
    return true;
}

bool GuidedRotation::deliveryFailed(std::size_t index, const QString& why)
{
    if (!isDelivery(index) || m_state.deliveries[index].state != DeliveryState::running)
        return false;
    m_state.deliveries[index].state = DeliveryState::failed;
    m_state.deliveries[index].message = why;
    return true;
}

bool GuidedRotation::tickOff(std::size_t index)
{
    if (!isDelivery(index) || m_state.deliveries[index].state == DeliveryState::running)
        return false;
    m_state.deliveries[index].state = DeliveryState::delivered;
    m_state.deliveries[index].message.clear();
    advanceWhenDelivered();
    return true;
}

bool GuidedRotation::untick(std::size_t index)
{
    if (!isDelivery(index) || m_state.deliveries[index].state != DeliveryState::delivered)
        return false;
    m_state.deliveries[index].state = DeliveryState::waiting;
    return true;
}

bool GuidedRotation::setVerifyUrl(const QString& url)
{
    if (!(isAt(RotationStep::rotate) || isAt(RotationStep::deliver) || isAt(RotationStep::verify)) || m_state.underway)
        return false;
    m_state.verifyUrl = url;
    return true;
}

bool GuidedRotation::beginVerify()
{
    if (!isAt(RotationStep::verify) || m_state.underway || m_state.secretLost || m_state.verifyUrl.isEmpty())
        return false;
    m_state.underway = true;
    m_state.failure.clear();
    return true;
}

bool GuidedRotation::verified(const QString& text)
{
    if (!isAt(RotationStep::verify) || !m_state.underway)
        return false;
    m_state.verification = Verification::passed;
    m_state.verifyText = text;
    enter(RotationStep::endPrevious);
    return true;
}

bool GuidedRotation::verifyFailed(const QString& text)
{
    if (!isAt(RotationStep::verify) || !m_state.underway)
        return false;
    m_state.underway = false;
    m_state.verification = Verification::failed;
    m_state.verifyText = text;
    return true;
}

bool GuidedRotation::skipVerify()
{
    if (!isAt(RotationStep::verify) || m_state.underway)
        return false;
    m_state.verification = Verification::skipped;
    enter(RotationStep::endPrevious);
    return true;
}

bool GuidedRotation::beginEnd()
{
    if (!isAt(RotationStep::endPrevious) || m_state.underway)
        return false;
    m_state.underway = true;
    m_state.failure.clear();
    return true;
}

bool GuidedRotation::previousIsEnded()
{
    if (!isAt(RotationStep::endPrevious) || !m_state.underway)
        return false;
    m_state.previousEnded = true;
    enter(RotationStep::finish);
    return true;
}

bool GuidedRotation::endFailed(const QString& why)
{
    if (!isAt(RotationStep::endPrevious) || !m_state.underway)
        return false;
    m_state.underway = false;
    m_state.failure = why;
    return true;
}

bool GuidedRotation::leaveToItsEnd()
{
    if (!isAt(RotationStep::endPrevious) || m_state.underway)
        return false;
    enter(RotationStep::finish);
    return true;
}

bool GuidedRotation::finished()
{
    if (!isAt(RotationStep::finish))
        return false;
    enter(RotationStep::done);
    return true;
}

bool GuidedRotation::finishFailed(const QString& why)
{
    if (!isAt(RotationStep::finish))
        return false;
    m_state.failure = why;
    return true;
}

bool GuidedRotation::abandon()
{
    if (isAt(RotationStep::done) || isAt(RotationStep::finish))
        return false;
    if (isAt(RotationStep::rotate) && m_state.underway)
        return false;   // whether there is a new secret is not known yet
    m_state.abandoned = true;
    // With no secret in hand there is nothing to put into the keychain.
    enter(isAt(RotationStep::rotate) || m_state.secretLost ? RotationStep::done : RotationStep::finish);
    return true;
}

} // namespace latchkey::app
