// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "CopyButton.h"

#include "Theme.h"

#include <QAccessible>
#include <QHBoxLayout>

namespace latchkey::ui {

using namespace std::chrono_literals;

CopyButton::CopyButton(const Theme& theme, const QString& text, bool withIcon, QWidget* parent)
    : CopyButton(new Button(theme, Button::Kind::standard, text), text, withIcon, false, parent)
{
}

CopyButton::CopyButton(const Theme& theme, const QString& name, QWidget* parent)
    : CopyButton(new Button(theme, IconName::copy, name, Button::Kind::quiet), name, true, true, parent)
{
}

CopyButton::CopyButton(Button* button, QString text, bool withIcon, bool iconOnly, QWidget* parent)
    : QWidget(parent)
    , m_button(button)
    , m_text(std::move(text))
    , m_withIcon(withIcon)
    , m_iconOnly(iconOnly)
{
    auto* box = new QHBoxLayout(this);
    box->setContentsMargins(0, 0, 0, 0);
    box->addWidget(m_button);
    setFocusProxy(m_button);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    if (!m_iconOnly) {
        // Room for the longer of the two faces.
        m_button->setThemedIcon(IconName::copy);
        m_button->setText(tr("Copied"));
        const int copied = m_button->sizeHint().width();
        m_button->setText(m_text);
        if (!m_withIcon)
            m_button->clearIcon();
        m_button->setMinimumWidth(qMax(copied, m_button->sizeHint().width()));
    }
    m_back.setSingleShot(true);
    connect(&m_back, &QTimer::timeout, this, &CopyButton::resetCopied);
    connect(m_button, &Button::clicked, this, &CopyButton::clicked);
}

void CopyButton::showCopied(bool lasting)
{
    if (m_iconOnly) {
        m_button->setThemedIcon(IconName::check);
        m_button->setAccessibleName(tr("Copied"));
        m_button->setToolTip(tr("Copied"));
    } else {
        m_button->setKind(Button::Kind::primary);
        m_button->setThemedIcon(IconName::ok);
        m_button->setText(tr("Copied"));
    }
    QAccessibleEvent event(m_button, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
    if (lasting)
        m_back.stop();
    else
        m_back.start(3s);
}

void CopyButton::resetCopied()
{
    m_back.stop();
    if (m_iconOnly) {
        m_button->setThemedIcon(IconName::copy);
        m_button->setAccessibleName(m_text);
        m_button->setToolTip(m_text);
        return;
    }
    m_button->setKind(Button::Kind::standard);
    m_button->setText(m_text);
    if (m_withIcon)
        m_button->setThemedIcon(IconName::copy);
    else
        m_button->clearIcon();
}

} // namespace latchkey::ui
