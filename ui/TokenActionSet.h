// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "TokenIntent.h"

#include "agent/access/ServiceToken.h"

#include <QAction>
#include <QObject>

#include <chrono>
#include <map>
#include <vector>

namespace latchkey::ui {

/// The actions behind TokenIntent: one QAction each, with its shortcut, enabled as the selection allows.
class TokenActionSet final : public QObject {
    Q_OBJECT

public:
    explicit TokenActionSet(QWidget& window);

    /// What is selected decides what can be done.
    void setSelection(const std::vector<const access::ServiceToken*>& tokens, std::chrono::sys_seconds now);

    [[nodiscard]] QAction* action(TokenIntent intent) const { return m_actions.at(intent); }
    [[nodiscard]] QList<QAction*> all() const;
    [[nodiscard]] QList<QAction*> forSelection() const;   ///< In menus of one or more tokens, in order.
    [[nodiscard]] QList<QAction*> moreOfOne() const;      ///< Those without a button of their own in the details.
    [[nodiscard]] QList<QAction*> moreOfSeveral() const;

Q_SIGNALS:
    void intended(latchkey::ui::TokenIntent intent);

private:
    void add(QWidget& window, TokenIntent intent, const QString& text, const QKeySequence& shortcut, const char* name);

    std::map<TokenIntent, QAction*> m_actions;
};

} // namespace latchkey::ui
