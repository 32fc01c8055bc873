// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace latchkey::ui {

/// Where the new secret's copy in the keychain stands. `notAsked`: the person did not want it kept.
enum class KeepState { notAsked, keeping, kept, failed };

} // namespace latchkey::ui
