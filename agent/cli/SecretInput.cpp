// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SecretInput.h"

#include <QByteArray>
#include <QtGlobal>

#include <cstdio>

#ifdef _WIN32
#include <windows.h>
#else
#include <termios.h>
#include <unistd.h>
#endif

namespace latchkey::cli {

namespace {

constexpr std::size_t longestSecret = 4096;

/// While it lives, a terminal on standard input does not show what is typed.
class QuietTyping {
public:
#ifdef _WIN32
    QuietTyping()
        : m_input(GetStdHandle(STD_INPUT_HANDLE))
        , m_isTerminal(GetConsoleMode(m_input, &m_before) != 0)
    {
        if (m_isTerminal)
            SetConsoleMode(m_input, m_before & ~static_cast<DWORD>(ENABLE_ECHO_INPUT));
    }
    ~QuietTyping()
    {
        if (m_isTerminal)
            SetConsoleMode(m_input, m_before);
    }
#else
    QuietTyping()
        : m_isTerminal(tcgetattr(STDIN_FILENO, &m_before) == 0)
    {
        if (!m_isTerminal)
            return;
        termios quiet = m_before;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    ~QuietTyping()
    {
        if (m_isTerminal)
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &m_before);
    }
#endif
    QuietTyping(const QuietTyping&) = delete;
    QuietTyping& operator=(const QuietTyping&) = delete;

    [[nodiscard]] bool isTerminal() const { return m_isTerminal; }

private:
#ifdef _WIN32
    HANDLE m_input;
    DWORD m_before = 0;
#else
    termios m_before{};
#endif
    bool m_isTerminal;
};

} // namespace

Result<SecretBytes> secretFromStdin(std::string_view what)
{
    std::setvbuf(stdin, nullptr, _IONBF, 0);
    SecretBytes secret;
    for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar()) {
        const char byte = static_cast<char>(c);
        if (byte != '\r')
            secret.append(std::string_view(&byte, 1));
        if (secret.size() > longestSecret)
            return fail(ErrorCode::invalidArgument, "The first line of standard input is no " + std::string(what) + ": it is too long.");
    }
    if (secret.isEmpty())
        return fail(ErrorCode::invalidArgument, "The " + std::string(what) + " has to be the first line of standard input, which is empty.");
    return secret;
}

Result<SecretBytes> secretFromPerson(std::string_view question, std::string_view what)
{
    const QuietTyping quiet;
    if (quiet.isTerminal())
        std::fprintf(stderr, "%.*s", static_cast<int>(question.size()), question.data());
    auto secret = secretFromStdin(what);
    if (quiet.isTerminal())
        std::fputc('\n', stderr);
    return secret;
}

Result<SecretBytes> secretFromVariable(const std::string& name, std::string_view what)
{
    QByteArray value = qgetenv(name.c_str());
    if (value.isEmpty())
        return fail(ErrorCode::invalidArgument, "The environment variable " + name + " holds no " + std::string(what) + '.');
    SecretBytes secret(std::string_view(value.constData(), static_cast<std::size_t>(value.size())));
    base::wipe(value);
    qunsetenv(name.c_str());
    return secret;
}

} // namespace latchkey::cli
