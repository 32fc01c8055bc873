// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "InterruptedWork.h"

#include <QJsonArray>

namespace latchkey::app {

InterruptedWork::InterruptedWork(const QString& folder)
    : m_file(folder + QStringLiteral("/running.json"))
{
    const QJsonArray running = m_file.read().value(QStringLiteral("running")).toArray();
    for (const QJsonValue& value : running) {
        const Entry entry{value[QStringLiteral("title")].toString(), value[QStringLiteral("account")].toString(), value[QStringLiteral("total")].toInt(),
                          value[QStringLiteral("done")].toInt()};
        if (!entry.title.isEmpty() && entry.total > 0)
            m_interrupted.push_back(entry);
    }
    // At once: the start after this one has other things to tell.
    m_file.remove();
}

QString InterruptedWork::sentence() const
{
    QStringList parts;
    for (const Entry& entry : m_interrupted) {
        const QString what = tr("“%1” in %2", "title of a dialog, account").arg(entry.title, entry.account);
        // The step under way when it ended may have happened: the list tells, this cannot.
        parts << tr("%1 was interrupted after %2 of %3.").arg(what).arg(entry.done).arg(entry.total);
    }
    return parts.isEmpty() ? QString() : tr("%1 The list shows what was done; nothing goes on by itself.").arg(parts.join(QLatin1Char(' ')));
}

void InterruptedWork::write() const
{
    if (m_running.empty()) {
        m_file.remove();
        return;
    }
    QJsonArray running;
    for (const auto& [id, entry] : m_running)
        running.append(QJsonObject{{QStringLiteral("title"), entry.title},
                                   {QStringLiteral("account"), entry.account},
                                   {QStringLiteral("total"), entry.total},
                                   {QStringLiteral("done"), entry.done}});
    // Without it the work goes on all the same: only a crash would be told with less.
    (void)m_file.write({{QStringLiteral("running"), running}});
}

InterruptedWork::Running::Running(InterruptedWork& journal, Entry entry)
    : m_journal(journal)
    , m_id(++journal.m_last)
{
    m_journal.m_running[m_id] = std::move(entry);
    m_journal.write();
}

InterruptedWork::Running::~Running()
{
    if (m_interrupted)
        return;
    m_journal.m_running.erase(m_id);
    m_journal.write();
}

void InterruptedWork::Running::stepDone()
{
    ++m_journal.m_running[m_id].done;
    m_journal.write();
}

} // namespace latchkey::app
