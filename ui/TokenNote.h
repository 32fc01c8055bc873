// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace latchkey::ui {

/// What a person wrote down about a token; kept on this computer only.
struct TokenNote {
    QString owner;
    QString note;

    [[nodiscard]] bool isEmpty() const { return owner.isEmpty() && note.isEmpty(); }
    bool operator==(const TokenNote&) const = default;
};

} // namespace latchkey::ui
