// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/MainWindow.h"
#include "ui/Theme.h"

#include <QString>

#include <functional>
#include <memory>
#include <vector>

namespace latchkey::ui {

/// Every state of the ui room as a widget that can be looked at.
struct Picture {
    QString name;
    std::function<std::unique_ptr<QWidget>(const Theme&)> make;
};

[[nodiscard]] std::vector<Picture> windowPictures();
[[nodiscard]] std::vector<Picture> dialogPictures();
[[nodiscard]] std::vector<Picture> operationPictures();

} // namespace latchkey::ui
