// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "DialogSize.h"

#include <QDialog>
#include <QLayout>

namespace latchkey::ui {

void fitHeight(QDialog& dialog)
{
    QLayout* layout = dialog.layout();
    if (!layout)
        return;
    layout->activate();
    const int width = qMax(dialog.width(), layout->minimumSize().width());
    const int height = layout->hasHeightForWidth() ? layout->totalHeightForWidth(width) : layout->totalSizeHint().height();
    dialog.resize(width, height);
}

} // namespace latchkey::ui
