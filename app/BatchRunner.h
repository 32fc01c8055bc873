// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "InterruptedWork.h"

#include "agent/client/ManagementClient.h"
#include "ui/BatchDialog.h"

#include <QObject>
#include <QPointer>

#include <deque>
#include <functional>

namespace latchkey::app {

/// Runs what a BatchDialog asks for, one token after the other, so that a cancel stops between two and the outcome of each
/// is known. Owned by the dialog's controller; deletes itself with the dialog.
class BatchRunner final : public QObject {
    Q_OBJECT
public:
    /// Tells how one token went; an error ends up beside it. To be called exactly once.
    using Told = std::function<void(Result<void>)>;
    /// Begins with one token.
    using RunOne = std::function<client::CallHandle(const access::TokenId& id, Told told)>;

    BatchRunner(ui::BatchDialog* dialog, RunOne runOne, QObject* parent);
    /// Writes there what runs, so that the next start can tell what was interrupted. `journal` outlives this.
    void setJournal(InterruptedWork& journal, const QString& account);
    ~BatchRunner() override;   ///< The connection is gone: what is left is told as failed.

    /// Starts no more: the rest is told as failed for this reason. For an outcome that the person must see to first.
    void stop(const Error& why);

private:
    void runNext();
    void told(const access::TokenId& id, const Result<void>& outcome);

    QPointer<ui::BatchDialog> m_dialog;
    RunOne m_runOne;
    std::deque<access::TokenId> m_queue;   ///< The one under way is its front.
    bool m_underway = false;
    InterruptedWork* m_journal = nullptr;
    QString m_account;
    std::unique_ptr<InterruptedWork::Running> m_running;
    client::CallHandle m_call;
};

} // namespace latchkey::app
