// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <chrono>

namespace latchkey::ui {

/// One of the last requests a token made, for the details pane.
struct RequestLine {
    std::chrono::sys_seconds at{};
    QString method;
    QString path;
    int status = 0;
    QString reason;   ///< Why it was refused, one sentence; empty when it was let in.

    bool operator==(const RequestLine&) const = default;
};

} // namespace latchkey::ui
