// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/EnglishPlurals.h"

/// A language whose texts are a third longer than English and can still be read: every vowel is said twice. Shows what a
/// translation will not fit into before there is one.
class LongTexts final : public QTranslator {
public:
    [[nodiscard]] bool isEmpty() const override { return false; }
    [[nodiscard]] QString translate(const char* context, const char* sourceText, const char* disambiguation,
                                    int n) const override;

private:
    latchkey::ui::EnglishPlurals m_plurals;
};
