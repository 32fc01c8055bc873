// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}

namespace latchkey::cli {

// How a command line is declared. CLI11 does the work, behind this header: it is all templates, and every file that includes
// it takes ten seconds longer to compile.

/// A handle of one option, flag or positional argument, good for as long as the CommandLineParser lives.
class Option {
public:
    explicit Option(CLI::Option* option)
        : m_option(option)
    {
    }

    const Option& required() const;
    const Option& showDefault() const;                              ///< What its variable holds now stands in the help.
    const Option& oneOf(const std::vector<std::string>& values) const;
    const Option& valueOptional() const;                            ///< `--option` alone is fine too.
    const Option& excludes(const Option& other) const;

    [[nodiscard]] bool isGiven() const;                             ///< Once the command line has been parsed.

private:
    CLI::Option* m_option;
};

/// A handle of a command or a group of them, good for as long as the CommandLineParser lives. What options are read into must
/// live as long: commands keep it in a std::shared_ptr that their action holds.
class Command {
public:
    Command(CLI::App* app, std::function<int()>* chosen)
        : m_app(app)
        , m_chosen(chosen)
    {
    }

    [[nodiscard]] Command subcommand(const std::string& name, const std::string& description) const;
    void needsSubcommand() const;

    // A name without hyphens is a positional argument's.
    Option option(const std::string& name, std::string& value, const std::string& description) const;
    Option option(const std::string& name, std::uint16_t& value, const std::string& description) const;
    Option option(const std::string& name, unsigned& value, const std::string& description) const;
    Option option(const std::string& name, std::vector<std::string>& values, const std::string& description) const;   ///< Repeatable.
    Option flag(const std::string& name, bool& value, const std::string& description) const;

    void footer(const std::string& text) const;   ///< The last lines of its help, with an example.
    /// What it does when it was chosen; answers the exit code. `problem`: what is wrong with the options together, which is a
    /// usage error; empty: nothing is.
    void action(std::function<int()> run, std::function<std::string()> problem = {}) const;

private:
    CLI::App* m_app;
    std::function<int()>* m_chosen;
};

/// The whole command line. Options of the root are understood behind subcommands too.
class CommandLineParser {
public:
    CommandLineParser(const std::string& program, const std::string& description, const std::string& versionText);
    ~CommandLineParser();
    CommandLineParser(const CommandLineParser&) = delete;
    CommandLineParser& operator=(const CommandLineParser&) = delete;

    [[nodiscard]] Command root();

    /// The action that was chosen; or, where nothing is to be done (help and version have been printed, or what is wrong with
    /// the arguments), the exit code.
    struct Outcome {
        std::function<int()> action;
        int exitCode = 0;
    };
    [[nodiscard]] Outcome parse(int argc, char** argv);

private:
    std::unique_ptr<CLI::App> m_root;
    std::function<int()> m_chosen;
};

} // namespace latchkey::cli
