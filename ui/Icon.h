// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QIcon>
#include <QString>

namespace latchkey::ui {

class Theme;
enum class Role;

/// The icons of the app; each is `:/latchkey/icons/<file>.svg`.
enum class IconName {
    key,
    search,
    reload,
    plus,
    copy,
    check,
    ok,           ///< A tick in a circle: active, done.
    soon,         ///< A clock: expires soon.
    expired,      ///< A cross in a circle.
    disabled,     ///< A circle with a bar.
    warning,
    info,
    show,
    hide,
    trash,
    close,
    lock,
    unplugged,    ///< No keychain, no agent.
    database,
    repair,
    filter,
    command,
    up,
    down,
    arrow,        ///< From old to new; mirrored in right-to-left layouts.
    busy,
    chevron,      ///< Opens a list.
    settings,
};

[[nodiscard]] QString iconFile(IconName name);
[[nodiscard]] QIcon applicationIcon();

} // namespace latchkey::ui
