// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ReaderThread.h"

#include <QCoreApplication>
#include <QEvent>

namespace latchkey::control {

ReaderThread::ReaderThread(std::string directory)
    : m_directory(std::move(directory))
{
    m_thread.setObjectName(QStringLiteral("reader"));
    m_worker.moveToThread(&m_thread);
    m_thread.start();
}

ReaderThread::~ReaderThread()
{
    stop();
}

void ReaderThread::stop()
{
    if (std::exchange(m_stopped, true))
        return;
    post(&m_worker, [this] {
        m_reader.reset();
        m_thread.quit();
    });
    m_thread.wait();
    QCoreApplication::sendPostedEvents(this, QEvent::MetaCall);
}

Result<void> ReaderThread::open()
{
    if (m_reader)
        return {};
    auto reader = store::Reader::open(m_directory);
    if (!reader)
        return std::unexpected(reader.error());
    m_reader = std::move(*reader);
    return {};
}

} // namespace latchkey::control
