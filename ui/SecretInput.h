// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "TextField.h"

#include "agent/base/SecretBytes.h"

namespace latchkey::ui {

/// A field for a secret that is typed or pasted: masked always, without undo, completion or drag, wiped when it goes. Qt's
/// own text buffer cannot be wiped with certainty; it is overwritten as far as it can be reached.
class SecretInput final : public TextField {
    Q_OBJECT

public:
    explicit SecretInput(QWidget* parent = nullptr);
    ~SecretInput() override;

    /// Without white space around it; of "Name: value" or NAME=value as tools print it, the value.
    [[nodiscard]] SecretBytes secret() const;
    void wipe();
};

} // namespace latchkey::ui
