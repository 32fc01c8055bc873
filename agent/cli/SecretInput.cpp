// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SecretInput.h"

#include <QByteArray>
#include <QtGlobal>

#include <cstdio>

namespace latchkey::cli {

namespace {

constexpr std::size_t longestSecret = 4096;

} // namespace

Result<SecretBytes> secretFromStdin()
{
    std::setvbuf(stdin, nullptr, _IONBF, 0);
    SecretBytes secret;
    for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar()) {
        const char byte = static_cast<char>(c);
        if (byte != '\r')
            secret.append(std::string_view(&byte, 1));
        if (secret.size() > longestSecret)
            return fail(ErrorCode::invalidArgument, "The first line of standard input is no client secret: it is too long.");
    }
    if (secret.isEmpty())
        return fail(ErrorCode::invalidArgument, "The client secret has to be the first line of standard input, which is empty.");
    return secret;
}

Result<SecretBytes> secretFromVariable(const std::string& name)
{
    QByteArray value = qgetenv(name.c_str());
    if (value.isEmpty())
        return fail(ErrorCode::invalidArgument, "The environment variable " + name + " holds no client secret.");
    SecretBytes secret(std::string_view(value.constData(), static_cast<std::size_t>(value.size())));
    base::wipe(value);
    qunsetenv(name.c_str());
    return secret;
}

} // namespace latchkey::cli
