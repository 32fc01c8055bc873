// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/MainWindow.h"

#include <QObject>

namespace latchkey::app {

/// What the person wants of one profile: the window's own signals where it shows just that one; where it shows all, those of
/// them that are about the profile's tokens. Controllers listen to this, never to the window's.
class Intents final : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    void follow(const ui::MainWindow& window);   ///< Everything that is wanted there is wanted here.

Q_SIGNALS:
    void createRequested();
    void createManyRequested();
    void refreshRequested(const std::vector<latchkey::access::TokenId>& ids);
    void deleteRequested(const std::vector<latchkey::access::TokenId>& ids);
    void tokensIntended(latchkey::ui::TokenIntent intent, const std::vector<latchkey::access::TokenId>& ids);
    void resumeRequested();
    void selectionChanged(const std::vector<latchkey::access::TokenId>& ids);
    void copySecretRequested(const latchkey::access::TokenId& id, latchkey::ui::CopyKind kind);
    void copySnippetRequested(const latchkey::access::TokenId& id, latchkey::ui::SnippetKind kind, const QString& url);
};

} // namespace latchkey::app
