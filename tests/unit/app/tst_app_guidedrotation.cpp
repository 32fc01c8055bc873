// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// The state machine of a guided rotation, killed between any two of its steps: it is written down and read back, told what
// is true outside, and goes on to its end without doing harm.
#include "app/GuidedRotation.h"
#include "app/RotationStore.h"

#include "TestProgram.h"

#include <QApplication>
#include <QTemporaryDir>
#include <QTest>

namespace tst_app_guidedrotation {

using namespace latchkey;
using namespace latchkey::app;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::sys_seconds start{1'795'435'471s};

GuidedRotation::Plan planOf(std::vector<ui::Consumer> consumers, const QString& url = u"https://app.example.com/"_s)
{
    return {.profileId = "profile",
            .account = u"Local agent"_s,
            .token = access::TokenId{"6f1b7c6e-0000-4000-8000-000000000001"},
            .tokenName = u"grafana"_s,
            .clientId = access::ClientId{"a42834ce5e101fe5cbd1a37c2a47cf05.access"},
            .versionBefore = 3,
            .startedAt = start,
            .previousEnd = start + 24h,
            .consumers = std::move(consumers),
            .verifyUrl = url};
}

std::vector<ui::Consumer> twoConsumers()
{
    return {{.kind = ui::Consumer::Kind::command, .name = u"Grafana"_s, .command = u"cat > x"_s}, {.kind = ui::Consumer::Kind::byHand, .name = u"CI"_s, .command = {}}};
}

/// What is true outside the app: survives its death.
struct World {
    int version = 3;
    bool secretInKeychain = false;
    bool keptInPlace = false;
    bool previousEnded = false;
    int rotations = 0;
    int deliveries = 0;
};

GuidedRotation written(const GuidedRotation& rotation)
{
    auto read = GuidedRotation::fromJson(rotation.toJson());
    if (!read)
        qFatal("what was written cannot be read");
    return std::move(*read);
}

/// Does one thing as the controller does: first the change (which is then on disk), then the act, then its outcome.
/// `die` ends it after that many of these moments; false then.
class Life {
public:
    Life(World& world, int moments) : m_world(world), m_moments(moments) { }

    /// A moment at which the process may end; what is on disk is `rotation` as it is now.
    [[nodiscard]] bool goesOn() { return m_moments-- > 0; }

    bool run(GuidedRotation& rotation, GuidedRotation& disk)
    {
        const auto save = [&] { disk = written(rotation); };
        if (rotation.state().step == RotationStep::rotate || rotation.state().secretLost) {
            m_world.secretInKeychain = false;
            if (!rotation.beginRotate(m_world.version))
                qFatal("cannot rotate");
            save();
            if (!goesOn())
                return false;
            ++m_world.version;
            ++m_world.rotations;
            if (!goesOn())
                return false;
            m_world.secretInKeychain = true;
            if (!goesOn())
                return false;
            rotation.rotated(start + 24h);
            save();
            if (!goesOn())
                return false;
        }
        for (std::size_t i = 0; i < rotation.state().deliveries.size() && rotation.state().step == RotationStep::deliver; ++i) {
            const Delivery& delivery = rotation.state().deliveries[i];
            if (delivery.state == DeliveryState::delivered)
                continue;
            if (delivery.consumer.kind == ui::Consumer::Kind::byHand) {
                rotation.tickOff(i);
                ++m_world.deliveries;
            } else {
                rotation.beginDelivery(i);
                save();
                if (!goesOn())
                    return false;
                ++m_world.deliveries;
                if (!goesOn())
                    return false;
                rotation.delivered(i);
            }
            save();
            if (!goesOn())
                return false;
        }
        if (rotation.state().step == RotationStep::verify) {
            rotation.beginVerify();
            save();
            if (!goesOn())
                return false;
            rotation.verified(u"200 OK"_s);
            save();
            if (!goesOn())
                return false;
        }
        if (rotation.state().step == RotationStep::endPrevious) {
            rotation.beginEnd();
            save();
            if (!goesOn())
                return false;
            m_world.previousEnded = true;
            if (!goesOn())
                return false;
            rotation.previousIsEnded();
            save();
            if (!goesOn())
                return false;
        }
        if (rotation.state().step == RotationStep::finish) {
            m_world.keptInPlace = true;
            if (!goesOn())
                return false;
            m_world.secretInKeychain = false;
            if (!goesOn())
                return false;
            rotation.finished();
            save();
        }
        return true;
    }

private:
    World& m_world;
    int m_moments;
};

} // namespace

class TestGuidedRotation final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void killedAtEachMomentItComesToItsEnd_data()
    {
        QTest::addColumn<int>("moments");
        for (int moments = 0; moments < 20; ++moments)
            QTest::addRow("after %d", moments) << moments;
    }

    void killedAtEachMomentItComesToItsEnd()
    {
        QFETCH(int, moments);
        World world;
        GuidedRotation rotation(planOf(twoConsumers()));
        GuidedRotation disk = written(rotation);
        const bool diedEarly = !Life(world, moments).run(rotation, disk);
        if (!diedEarly) {
            QVERIFY(rotation.isDone());
            QCOMPARE(world.rotations, 1);
            return;
        }
        // A new process: what is on disk, and what is true outside.
        GuidedRotation resumed = written(disk);
        const bool hadRotated = world.rotations == 1;
        const bool hadStored = world.secretInKeychain;
        resumed.resumed({.version = world.version, .secretInKeychain = world.secretInKeychain, .previousEnd = start + 24h});
        if (resumed.isDone()) {
            QVERIFY(world.keptInPlace);
            return;
        }
        // Only a secret that was made and never reached the keychain is lost.
        const bool lost = hadRotated && !hadStored && !world.keptInPlace;
        QCOMPARE(resumed.state().secretLost, lost);
        QVERIFY(Life(world, 100).run(resumed, disk));
        QVERIFY(resumed.isDone());
        QCOMPARE(world.rotations, lost ? 2 : 1);
        QVERIFY(world.keptInPlace);
        QVERIFY(world.previousEnded);
        QVERIFY(!world.secretInKeychain);
        QVERIFY(world.deliveries >= 2);
    }

    void aCommandThatWasRunningMayHaveGotIt()
    {
        GuidedRotation rotation(planOf(twoConsumers()));
        QVERIFY(rotation.beginRotate(3));
        QVERIFY(rotation.rotated(start + 24h));
        QVERIFY(rotation.beginDelivery(0));
        GuidedRotation read = written(rotation);
        read.resumed({.version = 4, .secretInKeychain = true, .previousEnd = {}});
        QCOMPARE(read.state().deliveries[0].state, DeliveryState::interrupted);
        QVERIFY(read.beginDelivery(0));
    }

    void someoneElsesRotationIsNotTakenForOurs()
    {
        GuidedRotation rotation(planOf(twoConsumers()));   // nothing begun
        rotation.resumed({.version = 9, .secretInKeychain = false, .previousEnd = {}});
        QVERIFY(!rotation.state().secretLost);
        QCOMPARE(rotation.state().step, RotationStep::rotate);
    }

    void aLostSecretStartsEveryDeliveryAnew()
    {
        GuidedRotation rotation(planOf(twoConsumers()));
        QVERIFY(rotation.beginRotate(3));
        QVERIFY(rotation.rotated(start + 24h));
        QVERIFY(rotation.tickOff(0));
        rotation.resumed({.version = 4, .secretInKeychain = false, .previousEnd = {}});
        QVERIFY(rotation.state().secretLost);
        QVERIFY(!rotation.beginDelivery(1));
        QVERIFY(rotation.beginRotate(4));
        QVERIFY(rotation.rotated(start + 24h));
        QCOMPARE(rotation.state().deliveries[0].state, DeliveryState::waiting);
    }

    void withoutConsumersItGoesStraightToTheProof()
    {
        GuidedRotation rotation(planOf({}, {}));
        QVERIFY(rotation.beginRotate(3));
        QVERIFY(rotation.rotated(start + 24h));
        QCOMPARE(rotation.state().step, RotationStep::verify);
        QVERIFY(!rotation.beginVerify());   // no address
        QVERIFY(rotation.setVerifyUrl(u"https://x.example.com"_s));
        QVERIFY(rotation.beginVerify());
        QVERIFY(rotation.verifyFailed(u"401 · wrong_secret"_s));
        QCOMPARE(rotation.state().step, RotationStep::verify);
        QVERIFY(rotation.skipVerify());
        QVERIFY(rotation.leaveToItsEnd());
        QVERIFY(!rotation.state().previousEnded);
        QVERIFY(rotation.finished());
        QVERIFY(rotation.isDone());
    }

    void abandonedBeforeAndAfterTheSecretIsMade()
    {
        GuidedRotation early(planOf(twoConsumers()));
        QVERIFY(early.abandon());
        QVERIFY(early.isDone());
        GuidedRotation during(planOf(twoConsumers()));
        QVERIFY(during.beginRotate(3));
        QVERIFY(!during.abandon());   // not known whether there is one
        QVERIFY(during.rotated(start + 24h));
        QVERIFY(during.abandon());
        QCOMPARE(during.state().step, RotationStep::finish);   // the new one still takes its place in the keychain
    }

    void whatDoesNotFitChangesNothing()
    {
        GuidedRotation rotation(planOf(twoConsumers()));
        const RotationState before = rotation.state();
        QVERIFY(!rotation.rotated({}));
        QVERIFY(!rotation.delivered(0));
        QVERIFY(!rotation.beginDelivery(7));
        QVERIFY(!rotation.verified({}));
        QVERIFY(!rotation.beginEnd());
        QVERIFY(!rotation.previousIsEnded());
        QVERIFY(!rotation.finished());
        QVERIFY(rotation.state() == before);
    }

    void theStoreKeepsTheUnfinishedOfEachProfile()
    {
        QTemporaryDir directory;
        const QString path = directory.filePath(u"guided-rotations.json"_s);
        GuidedRotation rotation(planOf(twoConsumers()));
        QVERIFY(rotation.beginRotate(3));
        {
            RotationStore store(path);
            QVERIFY(store.save(rotation).has_value());
            auto other = planOf({});
            other.profileId = "other";
            QVERIFY(store.save(GuidedRotation(other)).has_value());
        }
        RotationStore store(path);
        QCOMPARE(store.unfinished("profile").size(), std::size_t(1));
        QCOMPARE(store.unfinished("other").size(), std::size_t(1));
        QVERIFY(store.find("profile", rotation.state().token)->state() == rotation.state());
        QVERIFY(rotation.rotateFailed(u"No."_s));
        QVERIFY(rotation.abandon());
        QVERIFY(store.save(rotation).has_value());
        QVERIFY(store.unfinished("profile").empty());
        QCOMPARE(store.unfinished("other").size(), std::size_t(1));
    }
};

LATCHKEY_WIDGET_TEST(TestGuidedRotation)

} // namespace tst_app_guidedrotation

#include "tst_app_guidedrotation.moc"
