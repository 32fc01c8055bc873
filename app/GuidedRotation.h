// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QJsonObject>
#include <QString>

#include "agent/access/Ids.h"
#include "agent/base/Error.h"
#include "ui/Consumer.h"

#include <chrono>
#include <optional>
#include <vector>

namespace latchkey::app {

/// Where a guided rotation stands. Steps follow each other in this order.
enum class RotationStep {
    rotate,        ///< The new secret is asked for and put into the keychain.
    deliver,       ///< It is brought to each consumer.
    verify,        ///< A request with it proves that it is accepted.
    endPrevious,   ///< The old one is ended, or left to its end.
    finish,        ///< The new one takes the old one's place in the keychain.
    done,
};

enum class DeliveryState {
    waiting,
    running,
    delivered,
    failed,
    interrupted,   ///< Latchkey ended while the command ran: it may have got the secret.
};

struct Delivery {
    ui::Consumer consumer;
    DeliveryState state = DeliveryState::waiting;
    QString message;   ///< Why it failed. Never what the command printed.

    bool operator==(const Delivery&) const = default;
};

enum class Verification { open, passed, failed, skipped };

struct RotationState {
    std::string profileId;
    QString account;
    access::TokenId token;
    QString tokenName;
    access::ClientId clientId;
    std::chrono::sys_seconds startedAt{};
    std::chrono::sys_seconds previousEndWanted{};
    int versionBefore = 0;                                    ///< client_secret_version before the rotation.

    RotationStep step = RotationStep::rotate;
    bool underway = false;                                    ///< The step's call was begun; its outcome is not known yet.
    bool secretLost = false;                                  ///< It was made, but never reached the keychain.
    QString failure;                                          ///< Why the step's last try failed.
    std::optional<std::chrono::sys_seconds> previousEnd;      ///< As the API told it.
    std::vector<Delivery> deliveries;
    QString verifyUrl;
    Verification verification = Verification::open;
    QString verifyText;                                       ///< "200", "401 · wrong_secret".
    bool previousEnded = false;
    bool abandoned = false;

    bool operator==(const RotationState&) const = default;
};

/// The course of a guided rotation as a pure state machine: it does nothing, it says what is to be done, is told what came
/// of it, and can be written down between any two of its steps. What the caller does with each change: first write it to
/// disk, then act. After a crash resumed() brings it to a state from which it can go on without doing harm.
/// It holds no secret. A call that does not fit the state changes nothing and returns false.
class GuidedRotation {
public:
    struct Plan {
        std::string profileId;
        QString account;
        access::TokenId token;
        QString tokenName;
        access::ClientId clientId;
        int versionBefore = 0;
        std::chrono::sys_seconds startedAt{};
        std::chrono::sys_seconds previousEnd{};
        std::vector<ui::Consumer> consumers;
        QString verifyUrl;   ///< Empty: nothing to verify with.
    };
    explicit GuidedRotation(Plan plan);

    [[nodiscard]] static Result<GuidedRotation> fromJson(const QJsonObject& object);
    [[nodiscard]] QJsonObject toJson() const;

    [[nodiscard]] const RotationState& state() const { return m_state; }
    [[nodiscard]] bool isDone() const { return m_state.step == RotationStep::done; }

    /// What is true outside, asked after a start: which version the secret has, and whether a new one waits in the keychain.
    struct Facts {
        int version = 0;
        bool secretInKeychain = false;
        std::optional<std::chrono::sys_seconds> previousEnd;
    };
    void resumed(const Facts& facts);

    // rotate
    bool beginRotate(int versionNow);                         ///< Also once more after a lost secret.
    bool rotated(std::optional<std::chrono::sys_seconds> previousEnd);   ///< It is made *and* in the keychain.
    bool rotateFailed(const QString& why);                    ///< It is certain that nothing was made.
    bool storeFailed(const QString& why);                     ///< Made, not in the keychain yet; still in memory.
    // deliver
    bool beginDelivery(std::size_t index);
    bool delivered(std::size_t index);
    bool deliveryFailed(std::size_t index, const QString& why);
    bool tickOff(std::size_t index);                          ///< The person says that it has the secret.
    bool untick(std::size_t index);
    // verify
    bool beginVerify();
    bool verified(const QString& text);
    bool verifyFailed(const QString& text);
    bool skipVerify();
    bool setVerifyUrl(const QString& url);
    // endPrevious
    bool beginEnd();
    bool previousIsEnded();
    bool endFailed(const QString& why);
    bool leaveToItsEnd();
    // finish
    bool finished();
    bool finishFailed(const QString& why);

    /// Stops here. Before anything was made it is over; afterwards the new secret is the token's, so it still takes the old
    /// one's place in the keychain, and the old one lives until its end.
    bool abandon();

private:
    explicit GuidedRotation(RotationState state) : m_state(std::move(state)) { }

    void enter(RotationStep step);
    void advanceWhenDelivered();
    [[nodiscard]] bool isAt(RotationStep step) const { return m_state.step == step; }
    [[nodiscard]] bool isDelivery(std::size_t index) const { return isAt(RotationStep::deliver) && index < m_state.deliveries.size(); }

    RotationState m_state;
};

} // namespace latchkey::app
