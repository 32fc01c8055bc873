// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "CloseBehaviour.h"

#include <QEvent>

namespace latchkey::app {

CloseBehaviour::CloseBehaviour(QWidget& window, const ui::Theme& theme, Options options, QObject* parent)
    : QObject(parent)
    , m_window(window)
    , m_theme(theme)
    , m_options(std::move(options))
{
    m_window.installEventFilter(this);
}

bool CloseBehaviour::eventFilter(QObject* watched, QEvent* event)
{
    if (watched != &m_window || event->type() != QEvent::Close)
        return QObject::eventFilter(watched, event);
    if (m_options.hasTray()) {
        if (!m_options.hidesToTray())
            return false;
        event->ignore();
        m_window.hide();
        Q_EMIT hidden();
        if (!m_options.wasSaid()) {
            m_options.setSaid();
            Q_EMIT hiddenFirstTime();
        }
        return true;
    }
    if (m_options.wasSaid())
        return false;
    event->ignore();
    ask();
    return true;
}

void CloseBehaviour::ask()
{
    if (m_question && m_question->isVisible())
        return;
    m_question = new ui::ConfirmDialog(m_theme,
                                       {.title = tr("Quit Latchkey?"),
                                        .text = tr("This desktop has no tray for Latchkey to stay in, so closing the window quits it: the local agent "
                                                   "ends if Latchkey started it, and nobody watches the tokens' expiry until the next start. "
                                                   "This is asked only once."),
                                        .yes = tr("Quit"),
                                        .no = tr("Keep it open")},
                                       &m_window);
    m_question->setAttribute(Qt::WA_DeleteOnClose);
    connect(m_question, &QDialog::accepted, this, [this] {
        m_options.setSaid();
        // Once the question is gone: closing goes to the window that the question blocks.
        QMetaObject::invokeMethod(&m_window, &QWidget::close, Qt::QueuedConnection);
    });
    m_question->open();
}

} // namespace latchkey::app
