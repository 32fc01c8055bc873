// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Options.h"

#include "ExitCode.h"

#include <CLI/CLI.hpp>

#include <utility>

namespace latchkey::cli {

const Option& Option::required() const
{
    m_option->required();
    return *this;
}

const Option& Option::showDefault() const
{
    m_option->capture_default_str();
    return *this;
}

const Option& Option::oneOf(const std::vector<std::string>& values) const
{
    m_option->check(CLI::IsMember(values));
    return *this;
}

const Option& Option::valueOptional() const
{
    m_option->expected(0, 1);
    return *this;
}

const Option& Option::excludes(const Option& other) const
{
    m_option->excludes(other.m_option);
    return *this;
}

bool Option::isGiven() const
{
    return m_option->count() > 0;
}

Command Command::subcommand(const std::string& name, const std::string& description) const
{
    return {m_app->add_subcommand(name, description), m_chosen};
}

void Command::needsSubcommand() const
{
    m_app->require_subcommand(1);
}

Option Command::option(const std::string& name, std::string& value, const std::string& description) const
{
    return Option(m_app->add_option(name, value, description));
}

Option Command::option(const std::string& name, std::uint16_t& value, const std::string& description) const
{
    return Option(m_app->add_option(name, value, description));
}

Option Command::option(const std::string& name, unsigned& value, const std::string& description) const
{
    return Option(m_app->add_option(name, value, description));
}

Option Command::option(const std::string& name, std::vector<std::string>& values, const std::string& description) const
{
    return Option(m_app->add_option(name, values, description));
}

Option Command::flag(const std::string& name, bool& value, const std::string& description) const
{
    return Option(m_app->add_flag(name, value, description));
}

void Command::footer(const std::string& text) const
{
    m_app->footer(text);
}

void Command::action(std::function<int()> run, std::function<std::string()> problem) const
{
    m_app->final_callback([name = m_app->get_name(), chosen = m_chosen, run = std::move(run), problem = std::move(problem)] {
        if (const std::string text = problem ? problem() : std::string(); !text.empty())
            throw CLI::ValidationError(name, text);
        *chosen = run;
    });
}

CommandLineParser::CommandLineParser(const std::string& program, const std::string& description, const std::string& versionText)
    : m_root(std::make_unique<CLI::App>(description, program))
{
    m_root->set_version_flag("--version", program + ' ' + versionText);
    m_root->fallthrough();
}

CommandLineParser::~CommandLineParser() = default;

Command CommandLineParser::root()
{
    return {m_root.get(), &m_chosen};
}

CommandLineParser::Outcome CommandLineParser::parse(int argc, char** argv)
{
    try {
        m_root->parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return {{}, m_root->exit(error) == 0 ? exitDone : exitUsage};
    }
    return {std::move(m_chosen), exitDone};
}

} // namespace latchkey::cli
