// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "StatusLine.h"

#include "Button.h"
#include "DateText.h"
#include "ObjectNames.h"
#include "TextLabel.h"

#include <QAccessible>
#include <QHBoxLayout>

namespace latchkey::ui {

using namespace std::chrono_literals;

StatusLine::StatusLine(const Theme& theme, QWidget* parent)
    : Panel(theme, Role::window, Qt::TopEdge, parent)
    , m_left(new TextLabel(theme, Role::mutedText, TextLabel::Size::caption))
    , m_middle(new TextLabel(theme, Role::text, TextLabel::Size::caption))
    , m_right(new TextLabel(theme, Role::mutedText, TextLabel::Size::caption))
    , m_cancelButton(new Button(theme, Button::Kind::quiet, tr("Stop")))
    , m_undoButton(new Button(theme, Button::Kind::quiet, tr("Undo")))
{
    m_undoButton->setObjectName(QStringLiteral("statusUndo"));
    m_undoButton->setFont(Theme::captionFont());
    m_undoButton->hide();
    m_cancelButton->setObjectName(names::statusCancel);
    m_cancelButton->setAccessibleName(tr("Stop loading"));
    m_cancelButton->setToolTip(tr("Stop loading"));
    m_cancelButton->setFont(Theme::captionFont());
    m_cancelButton->hide();
    connect(m_cancelButton, &Button::clicked, this, &StatusLine::cancelRequested);
    m_left->setObjectName(names::statusLeft);
    m_left->setElided(Qt::ElideRight);
    m_middle->setObjectName(names::statusNotice);
    m_middle->setElided(Qt::ElideRight);
    m_middle->setAlignment(Qt::AlignCenter);
    m_right->setObjectName(names::statusRight);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(18, 6, 18, 6);
    row->setSpacing(2 * grid);
    row->addWidget(m_left);
    row->addWidget(m_middle, 1);
    row->addWidget(m_undoButton);
    row->addWidget(m_right);
    row->addWidget(m_cancelButton);
    m_noticeEnds.setSingleShot(true);
    connect(&m_noticeEnds, &QTimer::timeout, this, [this] {
        m_notice.clear();
        setUndo({});
        showMiddle();
    });
    connect(m_undoButton, &Button::clicked, this, &StatusLine::undo);
}

void StatusLine::setLeft(const QString& text)
{
    m_left->setFullText(text);
}

void StatusLine::setRight(const QString& text, Role role)
{
    m_right->setText(text);
    m_right->setRole(role);
}

void StatusLine::setCancellable(bool cancellable)
{
    m_cancelButton->setVisible(cancellable);
}

void StatusLine::showNotice(const QString& text, std::function<void()> undo)
{
    m_notice = text;
    m_noticeEnds.start(undo ? 10s : 6s);
    setUndo(std::move(undo));
    showMiddle();
    QAccessibleEvent event(m_middle, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

void StatusLine::setUndo(std::function<void()> undo)
{
    m_undo = std::move(undo);
    m_undoButton->setVisible(canUndo());
    m_undoButton->setAccessibleDescription(canUndo() ? m_notice : QString());
    Q_EMIT canUndoChanged(canUndo());
}

void StatusLine::undo()
{
    if (!m_undo)
        return;
    const auto take = std::exchange(m_undo, {});
    m_notice.clear();
    m_noticeEnds.stop();
    setUndo({});
    showMiddle();
    take();   // what it says comes after
}

void StatusLine::setClipboardCountdown(std::optional<std::chrono::seconds> left)
{
    m_countdown = left ? tr("The clipboard is cleared in %1.").arg(DateText::countdown(*left)) : QString();
    showMiddle();
}

void StatusLine::showMiddle()
{
    m_middle->setFullText(m_notice.isEmpty() ? m_countdown : m_notice);
}

} // namespace latchkey::ui
