// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

class QDialog;

namespace latchkey::ui {

/// Gives a dialog with wrapped texts the height its width asks for; Qt's own first guess measures them too narrow.
void fitHeight(QDialog& dialog);

} // namespace latchkey::ui
