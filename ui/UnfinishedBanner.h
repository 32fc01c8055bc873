// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Panel.h"

namespace latchkey::ui {

class TextLabel;

/// Says that guided rotations wait to go on, and offers to resume. Hidden when there are none.
class UnfinishedBanner final : public Panel {
    Q_OBJECT

public:
    explicit UnfinishedBanner(const Theme& theme, QWidget* parent = nullptr);

    void setNames(const QStringList& tokens);

Q_SIGNALS:
    void resumeRequested();

private:
    TextLabel* m_text;
};

} // namespace latchkey::ui
