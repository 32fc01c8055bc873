// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokenActionSet.h"

#include <QWidget>

#include <algorithm>

namespace latchkey::ui {

using access::ServiceToken;

TokenActionSet::TokenActionSet(QWidget& window)
{
    add(window, TokenIntent::rotate, tr("Rotate the secret…"), QKeySequence(Qt::CTRL | Qt::Key_R), "actionRotate");
    add(window, TokenIntent::rotateGuided, tr("Guided rotation…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_R), "actionRotateGuided");
    add(window, TokenIntent::endPrevious, tr("End the previous secret now…"), {}, "actionEndPrevious");
    add(window, TokenIntent::moreTime, tr("More time for the previous secret…"), {}, "actionMoreTime");
    add(window, TokenIntent::enable, tr("Enable…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E), "actionEnable");
    add(window, TokenIntent::disable, tr("Disable…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_D), "actionDisable");
    add(window, TokenIntent::edit, tr("Rename or edit…"), QKeySequence(Qt::Key_F2), "actionEdit");
    add(window, TokenIntent::changeDuration, tr("Change the duration…"), QKeySequence(Qt::CTRL | Qt::Key_D), "actionChangeDuration");
    add(window, TokenIntent::keepSecret, tr("Keep an existing secret…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_K), "actionKeepSecret");
    add(window, TokenIntent::editNote, tr("Owner and note…"), QKeySequence(Qt::CTRL | Qt::Key_I), "actionEditNote");
    add(window, TokenIntent::history, tr("History of changes…"), QKeySequence(Qt::CTRL | Qt::Key_H), "actionHistory");
}

void TokenActionSet::add(QWidget& window, TokenIntent intent, const QString& text, const QKeySequence& shortcut, const char* name)
{
    auto* action = new QAction(text, &window);
    action->setObjectName(QLatin1String(name));
    action->setShortcut(shortcut);
    window.addAction(action);
    m_actions[intent] = action;
    connect(action, &QAction::triggered, this, [this, intent] { Q_EMIT intended(intent); });
}

void TokenActionSet::setSelection(const std::vector<const ServiceToken*>& tokens, std::chrono::sys_seconds now)
{
    const bool some = !tokens.empty();
    const bool one = tokens.size() == 1;
    const bool previousRuns = one && tokens.front()->previousClientSecretExpiresAt && *tokens.front()->previousClientSecretExpiresAt > now;
    for (const TokenIntent intent : {TokenIntent::rotate, TokenIntent::edit, TokenIntent::changeDuration})
        action(intent)->setEnabled(some);
    for (const TokenIntent intent : {TokenIntent::rotateGuided, TokenIntent::keepSecret, TokenIntent::editNote})
        action(intent)->setEnabled(one);
    for (const TokenIntent intent : {TokenIntent::endPrevious, TokenIntent::moreTime})
        action(intent)->setEnabled(previousRuns);
    action(TokenIntent::enable)->setEnabled(std::ranges::any_of(tokens, [](const ServiceToken* token) { return !token->enabled; }));
    action(TokenIntent::disable)->setEnabled(std::ranges::any_of(tokens, [](const ServiceToken* token) { return token->enabled; }));
}

QList<QAction*> TokenActionSet::all() const
{
    return forSelection() + QList<QAction*>{action(TokenIntent::history)};
}

QList<QAction*> TokenActionSet::forSelection() const
{
    using enum TokenIntent;
    QList<QAction*> list;
    for (const TokenIntent intent : {rotate, rotateGuided, endPrevious, moreTime, enable, disable, edit, changeDuration, keepSecret, editNote})
        list << action(intent);
    return list;
}

QList<QAction*> TokenActionSet::moreOfOne() const
{
    using enum TokenIntent;
    return {action(rotateGuided), action(edit), action(changeDuration), action(keepSecret), action(editNote), action(history)};
}

QList<QAction*> TokenActionSet::moreOfSeveral() const
{
    using enum TokenIntent;
    return {action(enable), action(disable), action(edit), action(changeDuration), action(history)};
}

} // namespace latchkey::ui
