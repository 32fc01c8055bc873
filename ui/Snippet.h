// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "agent/access/Ids.h"
#include "agent/base/SecretBytes.h"

#include <array>

namespace latchkey::ui {

/// Where a token is used from.
enum class SnippetKind {
    headers,
    curl,
    fetch,
    go,
    python,
    terraform,
    githubActions,
    gitlabCi,
    compose,
    kubernetes,
};
inline constexpr std::array snippetKinds{SnippetKind::curl,      SnippetKind::headers,       SnippetKind::fetch,    SnippetKind::go,      SnippetKind::python,
                                         SnippetKind::terraform, SnippetKind::githubActions, SnippetKind::gitlabCi, SnippetKind::compose, SnippetKind::kubernetes};

[[nodiscard]] QString snippetTitle(SnippetKind kind);

/// A text to paste that takes the secret from the environment variable CF_ACCESS_CLIENT_SECRET (or from the place where
/// the system in question keeps secrets): it can be shown and shared.
[[nodiscard]] QString snippetText(SnippetKind kind, const access::ClientId& clientId, const QString& url);

/// The same with the secret in it, in memory that wipes itself: for the clipboard, never for the screen.
[[nodiscard]] SecretBytes snippetWithSecret(SnippetKind kind, const access::ClientId& clientId, const QString& url, const SecretBytes& secret);

} // namespace latchkey::ui
