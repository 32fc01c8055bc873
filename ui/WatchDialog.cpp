// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "WatchDialog.h"

#include "Button.h"
#include "DialogSize.h"
#include "TextLabel.h"

#include <QCheckBox>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace latchkey::ui {

WatchDialog::WatchDialog(const Theme& theme, const WatchOptions& options, QWidget* parent)
    : QDialog(parent)
    , m_theme(theme)
    , m_sections(new QVBoxLayout)
{
    setObjectName(QStringLiteral("watchDialog"));
    setWindowTitle(tr("Watching"));
    auto* title = new TextLabel(theme, Role::text, TextLabel::Size::heading, tr("Watching"));
    auto* text = new TextLabel(theme, Role::mutedText, TextLabel::Size::body,
                               tr("Latchkey watches the expiry of the tokens of every account whose keychain is unlocked, also while its window is closed."));
    text->setWordWrap(true);
    text->setMinimumWidth(text->fontMetrics().averageCharWidth() * 64);
    m_sections->setSpacing(grid);
    m_notifications = addChoice(tr("Tell me before tokens expire"), tr("30, 7 and 1 days before, and when they do: once each, several at a time as one notification."), "watchNotifications");
    auto* test = new Button(theme, Button::Kind::standard, tr("Show a test notification"));
    test->setObjectName(QStringLiteral("watchTest"));
    auto* testRow = new QHBoxLayout;
    testRow->setContentsMargins(3 * grid, 0, 0, 0);
    testRow->addWidget(test);
    testRow->addStretch(1);
    m_sections->addLayout(testRow);
    m_hideToTray = addChoice(tr("Stay in the tray when the window is closed"), tr("Without this, closing the window quits Latchkey and nobody watches."), "watchTray");
    m_trayHint = new TextLabel(theme, Role::warning, TextLabel::Size::caption, tr("This desktop has no tray, so closing the window quits Latchkey."));
    m_trayHint->setObjectName(QStringLiteral("watchTrayHint"));
    m_sections->addWidget(m_trayHint);
    m_startAtLogin = addChoice(tr("Start when I log in"), tr("In the tray only, without a window and without asking for the keychain's password."), "watchLogin");
    m_problem = new TextLabel(theme, Role::danger, TextLabel::Size::body);
    m_problem->setObjectName(QStringLiteral("watchProblem"));
    m_problem->setWordWrap(true);
    m_sections->addWidget(m_problem);

    auto* close = new Button(theme, Button::Kind::standard, tr("Close"));
    close->setObjectName(QStringLiteral("watchClose"));
    close->setDefault(true);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * grid, 3 * grid, 3 * grid, 2 * grid);
    column->setSpacing(grid);
    column->addWidget(title);
    column->addWidget(text);
    column->addSpacing(grid);
    column->addLayout(m_sections, 1);
    column->addSpacing(grid);
    column->addLayout(buttons);

    for (QCheckBox* box : {m_notifications, m_hideToTray, m_startAtLogin})
        connect(box, &QCheckBox::toggled, this, &WatchDialog::choose);
    connect(test, &Button::clicked, this, &WatchDialog::testRequested);
    connect(close, &Button::clicked, this, &QDialog::accept);
    setOptions(options);
    m_notifications->setFocus();
}

QCheckBox* WatchDialog::addChoice(const QString& text, const QString& explanation, const char* name)
{
    auto* box = new QCheckBox(text);
    box->setObjectName(QLatin1String(name));
    box->setAccessibleDescription(explanation);
    auto* hint = new TextLabel(m_theme, Role::mutedText, TextLabel::Size::caption, explanation);
    hint->setWordWrap(true);
    hint->setContentsMargins(3 * grid, 0, 0, 0);
    m_sections->addWidget(box);
    m_sections->addWidget(hint);
    return box;
}

void WatchDialog::setOptions(const WatchOptions& options)
{
    m_options = options;
    const auto set = [](QCheckBox* box, bool checked) {
        const QSignalBlocker blocker(box);
        box->setChecked(checked);
    };
    set(m_notifications, options.notifications);
    set(m_hideToTray, options.hideToTray && options.hasTray);
    set(m_startAtLogin, options.startAtLogin);
    m_hideToTray->setEnabled(options.hasTray);
    m_trayHint->setVisible(!options.hasTray);
    m_problem->setText(options.startAtLoginProblem);
    m_problem->setVisible(!options.startAtLoginProblem.isEmpty());
    fitHeight(*this);
}

void WatchDialog::addSection(QWidget* section)
{
    m_sections->addSpacing(grid);
    m_sections->addWidget(section, 1);
    fitHeight(*this);
}

void WatchDialog::choose()
{
    m_options.notifications = m_notifications->isChecked();
    if (m_options.hasTray)
        m_options.hideToTray = m_hideToTray->isChecked();
    m_options.startAtLogin = m_startAtLogin->isChecked();
    Q_EMIT optionsChosen(m_options);
}

} // namespace latchkey::ui
