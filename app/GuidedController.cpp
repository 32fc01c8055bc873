// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "GuidedController.h"

#include "ui/TokenModel.h"

#include <utility>

namespace latchkey::app {

using access::TokenId;
using ui::ChangeKind;

GuidedController::GuidedController(Session& session, QObject* parent)
    : QObject(parent)
    , m_session(session)
{
    connect(&m_session.intents, &Intents::tokensIntended, this, [this](ui::TokenIntent intent, const std::vector<TokenId>& ids) {
        if (intent == ui::TokenIntent::rotateGuided && ids.size() == 1)
            open(ids.front());
    });
    connect(&m_session.intents, &Intents::resumeRequested, this, [this] {
        const auto unfinished = m_session.local->rotations.unfinished(m_session.secrets.profileId());
        if (!unfinished.empty())
            open(unfinished.front().state().token);
    });
    showUnfinished();
}

GuidedController::~GuidedController()
{
    m_call.cancel();
    m_commands.clear();
    m_session.window.setUnfinishedRotations({});
    // What it shows can no longer be acted on; where it stood is on disk.
    if (m_dialog)
        m_dialog->QDialog::reject();
}

void GuidedController::showUnfinished()
{
    if (m_session.together)
        return m_session.together->showUnfinished();
    QStringList names;
    for (const GuidedRotation& rotation : m_session.local->rotations.unfinished(m_session.secrets.profileId()))
        names << rotation.state().tokenName;
    m_session.window.setUnfinishedRotations(names);
}

void GuidedController::open(const TokenId& id)
{
    if (m_dialog) {
        m_dialog->raise();
        m_dialog->activateWindow();
        return;
    }
    auto unfinished = m_session.local->rotations.find(m_session.secrets.profileId(), id);
    if (!unfinished) {
        openDialog(id);
        return;
    }
    // What is true outside comes first: the version, then whether the keychain has the new secret.
    m_call = m_session.client.getToken(id, [self = QPointer(this), rotation = std::move(*unfinished)](Result<access::ServiceToken> token) mutable {
        if (!self)
            return;
        if (!token) {
            self->m_session.window.showNotice(tr("The guided rotation cannot go on now: %1").arg(QString::fromStdString(token.error().message)));
            if (token.error().code != ErrorCode::notFound)
                return;
            // The token is gone, and the rotation with it.
            rotation.resumed({.version = 0, .secretInKeychain = false, .previousEnd = {}});
            (void)rotation.abandon();
            self->m_session.secrets.removeNew(rotation.state().token, [](Result<void>) {});
            (void)self->m_session.local->rotations.save(rotation);
            self->showUnfinished();
            return;
        }
        self->m_session.window.putToken(*token);
        self->m_session.secrets.readNew(token->id, [self, token = *token, rotation = std::move(rotation)](Result<SecretBytes> secret) mutable {
            if (!self)
                return;
            if (!secret && secret.error().code != ErrorCode::vaultMissing) {
                // Locked or absent is not lost.
                self->m_session.window.showNotice(tr("The guided rotation cannot go on now: %1").arg(QString::fromStdString(secret.error().message)));
                return;
            }
            rotation.resumed({.version = token.clientSecretVersion, .secretInKeychain = secret.has_value(), .previousEnd = token.previousClientSecretExpiresAt});
            self->resume(std::move(rotation));
        });
    });
}

void GuidedController::openDialog(const TokenId& id)
{
    const RotationState* state = m_rotation ? &m_rotation->state() : nullptr;
    const access::ServiceToken* token = m_session.window.tokenModel().find(id);
    if (!token && !state)
        return;
    ui::GuidedPlanForm::Facts facts{.tokenName = state ? state->tokenName : QString::fromStdString(token->name),
                                    .account = m_session.account,
                                    .consumers = {},
                                    .verifyUrl = {},
                                    .keychainUnusable = {},
                                    .now = m_session.clock.now()};
    const TokenNotes::Delivery known = m_session.local->notes.delivery(m_session.secrets.profileId(), id);
    facts.consumers = known.consumers;
    facts.verifyUrl = known.verifyUrl;
    if (!m_session.keychainUsable)
        facts.keychainUnusable = tr("This session works without it.");
    m_dialog = new ui::GuidedRotationDialog(m_session.theme, facts, &m_session.window);
    connect(m_dialog, &QDialog::finished, this, [this, dialog = m_dialog.data()] {
        dialog->deleteLater();
        m_dialog = nullptr;
        m_commands.clear();
        m_probe.reset();
        m_secret.clear();
        m_unkept = false;
        m_rotation.reset();
        showUnfinished();
    });
    connect(m_dialog, &ui::GuidedRotationDialog::planned, this, [this, id](const ui::GuidedPlan& plan) { begin(id, plan); });
    connect(m_dialog, &ui::GuidedRotationDialog::urlChanged, this, [this](const QString& url) {
        m_dialog->setUrlObjection(url.isEmpty() ? QString() : SecretProbe::objectionTo(QUrl(url)));
    });
    connect(m_dialog, &ui::GuidedRotationDialog::rotateRequested, this, &GuidedController::rotate);
    connect(m_dialog, &ui::GuidedRotationDialog::keepRequested, this, &GuidedController::store);
    connect(m_dialog, &ui::GuidedRotationDialog::runRequested, this, &GuidedController::runCommand);
    connect(m_dialog, &ui::GuidedRotationDialog::copyRequested, this, &GuidedController::copy);
    connect(m_dialog, &ui::GuidedRotationDialog::tickRequested, this, &GuidedController::tick);
    connect(m_dialog, &ui::GuidedRotationDialog::verifyRequested, this, &GuidedController::verify);
    connect(m_dialog, &ui::GuidedRotationDialog::skipVerifyRequested, this, [this] {
        if (m_rotation && m_rotation->skipVerify())
            advance();
    });
    connect(m_dialog, &ui::GuidedRotationDialog::endRequested, this, &GuidedController::endPrevious);
    connect(m_dialog, &ui::GuidedRotationDialog::leaveRequested, this, [this] {
        if (m_rotation && m_rotation->leaveToItsEnd() && advance())
            finish();
    });
    connect(m_dialog, &ui::GuidedRotationDialog::abandonRequested, this, &GuidedController::abandon);
    m_dialog->open();
}

void GuidedController::begin(const TokenId& id, const ui::GuidedPlan& plan)
{
    const access::ServiceToken* token = m_session.window.tokenModel().find(id);
    if (!token)
        return;
    const std::string& profile = m_session.secrets.profileId();
    m_rotation.emplace(GuidedRotation::Plan{.profileId = profile,
                                            .account = m_session.account,
                                            .token = id,
                                            .tokenName = QString::fromStdString(token->name),
                                            .clientId = token->clientId,
                                            .versionBefore = token->clientSecretVersion,
                                            .startedAt = m_session.clock.now(),
                                            .previousEnd = plan.previousEnd,
                                            .consumers = plan.consumers,
                                            .verifyUrl = plan.verifyUrl});
    (void)m_session.local->notes.setDelivery(profile, id, {.consumers = plan.consumers, .verifyUrl = plan.verifyUrl});
    m_session.record(ChangeKind::guidedBegun, *token);
    rotate();
}

void GuidedController::resume(GuidedRotation rotation)
{
    const TokenId id = rotation.state().token;
    m_rotation = std::move(rotation);
    openDialog(id);
    if (!m_dialog || !advance())
        return;
    const RotationState& state = m_rotation->state();
    if (state.step == RotationStep::finish && !state.secretLost)
        finish();
}

/// The version now is asked for first: after a crash it is what tells whether this call happened.
void GuidedController::rotate()
{
    if (!m_rotation || m_busy)
        return;
    m_busy = true;
    m_trouble.clear();
    show();
    const TokenId id = m_rotation->state().token;
    m_call = m_session.client.getToken(id, [self = QPointer(this), id](Result<access::ServiceToken> token) {
        if (!self || !self->m_rotation)
            return;
        if (!token) {
            self->m_busy = false;
            self->failStep(QString::fromStdString(token.error().message));
            return;
        }
        // An entry of an earlier rotation must not be taken for this one's; and a keychain that does not answer is found
        // out while nothing has happened yet.
        self->m_session.secrets.removeNew(id, [self, version = token->clientSecretVersion](Result<void> removed) {
            if (!self || !self->m_rotation)
                return;
            self->m_busy = false;
            if (!removed)
                return self->failStep(QString::fromStdString(removed.error().message));
            if (self->m_rotation->beginRotate(version) && self->advance())
                self->callRotate();
        });
    });
}

void GuidedController::callRotate()
{
    const RotationState& state = m_rotation->state();
    m_call = m_session.client.rotateToken(state.token, std::max(state.previousEndWanted, m_session.clock.now() + std::chrono::minutes(1)),
                                          [self = QPointer(this)](Result<client::IssuedToken> issued) {
        if (!self || !self->m_rotation)
            return;
        ++self->m_session.changes;
        if (!issued) {
            const ErrorCode code = issued.error().code;
            // No answer, or one that cannot be read, does not say that nothing was made: ask before trying again.
            const bool certain = code != ErrorCode::network && code != ErrorCode::timedOut && code != ErrorCode::protocol && code != ErrorCode::cancelled;
            const QString why = QString::fromStdString(issued.error().message);
            if (certain && self->m_rotation->rotateFailed(why))
                self->advance();
            else
                self->m_call = self->m_session.client.getToken(self->m_rotation->state().token, [self, why](Result<access::ServiceToken> token) {
                    if (!self || !self->m_rotation)
                        return;
                    if (!token)
                        return self->failStep(tr("%1 Whether a new secret was made is not known yet. Close this and go on later.").arg(why));
                    self->m_rotation->resumed({.version = token->clientSecretVersion, .secretInKeychain = false, .previousEnd = token->previousClientSecretExpiresAt});
                    self->m_trouble = why;
                    self->advance();
                });
            return;
        }
        self->m_session.window.putToken(issued->token);
        self->m_session.recordRotation(issued->token);
        self->m_secret = std::move(issued->secret);
        self->store();
    });
}

void GuidedController::store()
{
    if (!m_rotation)
        return;
    m_trouble.clear();
    if (m_rotation->state().step == RotationStep::finish)
        return finish();
    if (m_secret.isEmpty())
        return;
    m_session.secrets.keepNew(m_rotation->state().token, m_secret.clone(), [self = QPointer(this)](Result<void> kept) {
        if (!self || !self->m_rotation)
            return;
        self->m_unkept = !kept;
        if (!kept) {
            if (self->m_rotation->storeFailed(QString::fromStdString(kept.error().message)))
                self->advance();
            return;
        }
        const access::ServiceToken* token = self->m_session.window.tokenModel().find(self->m_rotation->state().token);
        self->m_secret.clear();
        if (self->m_rotation->rotated(token ? token->previousClientSecretExpiresAt : std::nullopt))
            self->advance();
    });
}

void GuidedController::withSecret(std::function<void(SecretBytes)> use)
{
    m_session.secrets.readNew(m_rotation->state().token, [self = QPointer(this), use = std::move(use)](Result<SecretBytes> secret) {
        if (!self || !self->m_rotation)
            return;
        if (secret)
            use(std::move(*secret));
        else
            self->failStep(QString::fromStdString(secret.error().message));
    });
}

void GuidedController::runCommand(int line)
{
    const auto index = static_cast<std::size_t>(line);
    if (!m_rotation || m_commands.contains(line))
        return;
    m_trouble.clear();
    withSecret([this, line, index](SecretBytes secret) {
        // On disk as running before it runs: a crash in between is told as "may have got it".
        if (!m_rotation->beginDelivery(index) || !advance())
            return;
        auto& command = m_commands[line] = std::make_unique<ConsumerCommand>();
        const RotationState& state = m_rotation->state();
        command->run(state.deliveries[index].consumer.command, state.clientId, std::move(secret), [this, line, index](Result<void> outcome) {
            // The command is alive while it tells its outcome.
            if (auto found = m_commands.find(line); found != m_commands.end()) {
                found->second.release()->deleteLater();
                m_commands.erase(found);
            }
            if (!m_rotation)
                return;
            if (outcome ? m_rotation->delivered(index) : m_rotation->deliveryFailed(index, QString::fromStdString(outcome.error().message)))
                advance();
        });
    });
}

void GuidedController::copy()
{
    if (!m_rotation)
        return;
    withSecret([this](SecretBytes secret) {
        m_session.clipboard.putSecret(secret);
        m_session.window.showNotice(tr("The new secret is in the clipboard."));
    });
}

void GuidedController::tick(int line, bool has)
{
    const auto index = static_cast<std::size_t>(line);
    if (m_rotation && (has ? m_rotation->tickOff(index) : m_rotation->untick(index)))
        advance();
}

void GuidedController::verify(const QString& address)
{
    if (!m_rotation)
        return;
    const QString objection = SecretProbe::objectionTo(QUrl(address));
    if (!objection.isEmpty()) {
        m_dialog->setUrlObjection(objection);
        return;
    }
    m_trouble.clear();
    (void)m_rotation->setVerifyUrl(address);
    withSecret([this, address](SecretBytes secret) {
        if (!m_rotation->beginVerify() || !advance())
            return;
        m_probe = std::make_unique<SecretProbe>();
        m_probe->ask(QUrl(address), m_rotation->state().clientId, secret, [this](const ProbeAnswer& answer) { answered(answer); });
    });
}

void GuidedController::answered(const ProbeAnswer& answer)
{
    m_probe.release()->deleteLater();
    if (!m_rotation)
        return;
    const bool admitted = answer.verdict == ProbeAnswer::Verdict::admitted;
    if (admitted ? m_rotation->verified(answer.text) : m_rotation->verifyFailed(answer.text))
        advance();
}

void GuidedController::endPrevious()
{
    if (!m_rotation || !m_rotation->beginEnd() || !advance())
        return;
    const TokenId id = m_rotation->state().token;
    m_call = m_session.client.updateToken(id, {.name = {}, .duration = {}, .enabled = {}, .previousSecretEnd = m_session.clock.now()},
                                          [self = QPointer(this)](Result<access::ServiceToken> updated) {
        if (!self || !self->m_rotation)
            return;
        if (!updated) {
            if (self->m_rotation->endFailed(QString::fromStdString(updated.error().message)))
                self->advance();
            return;
        }
        ++self->m_session.changes;
        self->m_session.window.putToken(*updated);
        self->m_session.record(ChangeKind::previousEnded, *updated);
        if (self->m_rotation->previousIsEnded() && self->advance())
            self->finish();
    });
}

/// The new secret takes the old one's place in the keychain.
void GuidedController::finish()
{
    m_session.secrets.readNew(m_rotation->state().token, [self = QPointer(this)](Result<SecretBytes> secret) {
        if (!self || !self->m_rotation)
            return;
        if (!secret && secret.error().code == ErrorCode::vaultMissing)
            return self->promote();   // somebody emptied the keychain; the consumers have it
        if (!secret)
            return self->failStep(QString::fromStdString(secret.error().message));
        const TokenId id = self->m_rotation->state().token;
        self->m_session.secrets.keep(id, std::move(*secret), [self, id](Result<void> kept) {
            if (!self || !self->m_rotation)
                return;
            self->m_session.window.setSecretKept(id, kept.has_value());
            if (kept)
                self->promote();
            else if (self->m_rotation->finishFailed(QString::fromStdString(kept.error().message)))
                self->advance();
        });
    });
}

void GuidedController::promote()
{
    m_session.secrets.removeNew(m_rotation->state().token, [self = QPointer(this)](Result<void>) {
        if (!self || !self->m_rotation)
            return;
        const bool abandoned = self->m_rotation->state().abandoned;
        self->m_session.record(abandoned ? ChangeKind::guidedAbandoned : ChangeKind::guidedDone, self->tokenForRecord());
        if (self->m_rotation->finished())
            self->advance();
        if (abandoned && self->m_dialog)
            self->m_dialog->accept();
    });
}

void GuidedController::abandon()
{
    if (!m_rotation || !m_rotation->abandon() || !advance())
        return;
    if (!m_rotation->isDone())
        return finish();
    m_session.record(ChangeKind::guidedAbandoned, tokenForRecord());
    if (m_dialog)
        m_dialog->accept();
}

access::ServiceToken GuidedController::tokenForRecord() const
{
    if (const access::ServiceToken* token = m_session.window.tokenModel().find(m_rotation->state().token))
        return *token;
    access::ServiceToken token;
    token.id = m_rotation->state().token;
    token.name = m_rotation->state().tokenName.toStdString();
    return token;
}

bool GuidedController::advance()
{
    const auto saved = m_session.local->rotations.save(*m_rotation);
    if (!saved)
        m_trouble = tr("Where the rotation stands cannot be written down, so it goes no further: %1").arg(QString::fromStdString(saved.error().message));
    show();
    return saved.has_value();
}

void GuidedController::failStep(const QString& why)
{
    m_trouble = why;
    show();
}

void GuidedController::show()
{
    if (!m_dialog || !m_rotation)
        return;
    m_dialog->setNow(m_session.clock.now());
    m_dialog->setView(view());
}

ui::GuidedView GuidedController::view() const
{
    const RotationState& state = m_rotation->state();
    ui::GuidedView shown;
    switch (state.step) {
    case RotationStep::rotate: shown.step = ui::GuidedView::Step::rotate; break;
    case RotationStep::deliver: shown.step = ui::GuidedView::Step::deliver; break;
    case RotationStep::verify: shown.step = ui::GuidedView::Step::verify; break;
    case RotationStep::endPrevious: shown.step = ui::GuidedView::Step::endPrevious; break;
    case RotationStep::finish: shown.step = ui::GuidedView::Step::finish; break;
    case RotationStep::done: shown.step = ui::GuidedView::Step::done; break;
    }
    shown.busy = state.underway || m_busy;
    shown.secretLost = state.secretLost;
    shown.secretUnkept = m_unkept;
    shown.failure = m_trouble.isEmpty() ? state.failure : m_trouble;
    for (const Delivery& delivery : state.deliveries) {
        ui::GuidedView::Line line{.consumer = delivery.consumer, .state = ui::GuidedView::Line::State::waiting, .message = delivery.message};
        switch (delivery.state) {
        case DeliveryState::waiting: break;
        case DeliveryState::running: line.state = ui::GuidedView::Line::State::running; break;
        case DeliveryState::delivered: line.state = ui::GuidedView::Line::State::done; break;
        case DeliveryState::failed: line.state = ui::GuidedView::Line::State::failed; break;
        case DeliveryState::interrupted:
            line.state = ui::GuidedView::Line::State::failed;
            line.message = tr("Latchkey ended while this ran. It may have got the secret; running it again does it once more.");
            break;
        }
        shown.lines.push_back(std::move(line));
    }
    shown.verifyUrl = state.verifyUrl;
    switch (state.verification) {
    case Verification::open: shown.verified = ui::GuidedView::Verified::open; break;
    case Verification::passed: shown.verified = ui::GuidedView::Verified::passed; break;
    case Verification::failed: shown.verified = ui::GuidedView::Verified::failed; break;
    case Verification::skipped: shown.verified = ui::GuidedView::Verified::skipped; break;
    }
    shown.verifyText = state.verifyText;
    shown.previousEnd = state.previousEnd;
    shown.previousEnded = state.previousEnded;
    shown.abandoned = state.abandoned;
    return shown;
}

} // namespace latchkey::app
