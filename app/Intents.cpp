// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Intents.h"

namespace latchkey::app {

void Intents::follow(const ui::MainWindow& window)
{
    connect(&window, &ui::MainWindow::createRequested, this, &Intents::createRequested);
    connect(&window, &ui::MainWindow::createManyRequested, this, &Intents::createManyRequested);
    connect(&window, &ui::MainWindow::refreshRequested, this, &Intents::refreshRequested);
    connect(&window, &ui::MainWindow::deleteRequested, this, &Intents::deleteRequested);
    connect(&window, &ui::MainWindow::tokensIntended, this, &Intents::tokensIntended);
    connect(&window, &ui::MainWindow::resumeRequested, this, &Intents::resumeRequested);
    connect(&window, &ui::MainWindow::selectionChanged, this, &Intents::selectionChanged);
    connect(&window, &ui::MainWindow::copySecretRequested, this, &Intents::copySecretRequested);
    connect(&window, &ui::MainWindow::copySnippetRequested, this, &Intents::copySnippetRequested);
}

} // namespace latchkey::app
