// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "EnglishPlurals.h"

namespace latchkey::ui {

using namespace Qt::StringLiterals;

QString EnglishPlurals::translate(const char*, const char* sourceText, const char*, int n) const
{
    if (n < 0 || !sourceText)
        return {};
    QString text = QString::fromUtf8(sourceText);
    if (!text.contains("(s)"_L1))
        return {};
    return text.replace("(s)"_L1, n == 1 ? ""_L1 : "s"_L1);
}

} // namespace latchkey::ui
