// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace latchkey::ui {

/// What a person wants done with the selected tokens, beside refresh and delete. Each is a menu action, an entry of the
/// palette, or a button of the details; one signal carries them all.
enum class TokenIntent {
    rotate,
    rotateGuided,      ///< One token.
    endPrevious,       ///< One token: its previous secret ends now.
    moreTime,          ///< One token: its previous secret ends later.
    enable,
    disable,
    edit,              ///< One token: name and duration. Several: rename.
    changeDuration,
    keepSecret,        ///< One token: a secret made elsewhere goes into the keychain.
    editNote,          ///< One token: owner and note.
    history,           ///< Of the selection; of everything when nothing is selected.
};

} // namespace latchkey::ui
