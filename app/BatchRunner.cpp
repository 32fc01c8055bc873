// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "BatchRunner.h"

#include <utility>

namespace latchkey::app {

using access::TokenId;

BatchRunner::BatchRunner(ui::BatchDialog* dialog, RunOne runOne, QObject* parent)
    : QObject(parent)
    , m_dialog(dialog)
    , m_runOne(std::move(runOne))
{
    connect(dialog, &QDialog::finished, this, [this, dialog] {
        dialog->deleteLater();
        m_dialog = nullptr;
        deleteLater();
    });
    connect(dialog, &ui::BatchDialog::startRequested, this, [this](const std::vector<TokenId>& ids) {
        m_queue.assign(ids.begin(), ids.end());
        if (m_journal && m_dialog)
            m_running = std::make_unique<InterruptedWork::Running>(*m_journal, InterruptedWork::Entry{m_dialog->windowTitle(), m_account, static_cast<int>(ids.size()), 0});
        runNext();
    });
    connect(dialog, &ui::BatchDialog::cancelRequested, this,
            [this] { stop({ErrorCode::cancelled, tr("Cancelled before it began.").toStdString(), {}}); });
}

BatchRunner::~BatchRunner()
{
    m_call.cancel();
    if (m_running && !m_queue.empty())
        m_running->interrupt();
    if (!m_dialog)
        return;
    for (const TokenId& id : m_queue)
        m_dialog->showFailed(id, {ErrorCode::network, tr("The connection was lost.").toStdString(), {}});
}

void BatchRunner::setJournal(InterruptedWork& journal, const QString& account)
{
    m_journal = &journal;
    m_account = account;
}

void BatchRunner::stop(const Error& why)
{
    // The one under way is let finish: whether it happened must not stay unknown.
    const auto rest = std::exchange(m_queue, {});
    if (m_underway && !rest.empty())
        m_queue.push_back(rest.front());
    for (std::size_t i = m_underway ? 1 : 0; i < rest.size(); ++i) {
        if (m_dialog)
            m_dialog->showFailed(rest[i], why);
    }
}

void BatchRunner::runNext()
{
    if (m_queue.empty()) {
        m_running.reset();
        return;
    }
    m_underway = true;
    const TokenId id = m_queue.front();
    m_call = m_runOne(id, [self = QPointer(this), id](Result<void> outcome) {
        if (self)
            self->told(id, outcome);
    });
}

void BatchRunner::told(const TokenId& id, const Result<void>& outcome)
{
    m_underway = false;
    if (!m_queue.empty())
        m_queue.pop_front();
    if (m_running)
        m_running->stepDone();
    if (m_dialog) {
        if (outcome)
            m_dialog->showDone(id);
        else
            m_dialog->showFailed(id, outcome.error());
    }
    runNext();
}

} // namespace latchkey::app
