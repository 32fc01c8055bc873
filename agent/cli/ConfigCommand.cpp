// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "AgentSession.h"
#include "Await.h"
#include "Commands.h"
#include "ConfigurationFile.h"
#include "ExitCode.h"
#include "SecretInput.h"

#include "agent/base/SecretBytes.h"
#include "agent/wire/ConfigurationCodec.h"

#include <QtGlobal>

namespace latchkey::cli {

namespace {

struct ConfigOptions {
    std::string file;
    bool prune = false;
    bool withKeys = false;
    bool withoutKeys = false;
};

constexpr const char* passphraseVariable = "LATCHKEY_BACKUP_PASSPHRASE";

/// The passphrase of exported keys: from the environment, or else typed or piped in.
Result<SecretBytes> readPassphrase(const char* question)
{
    if (qEnvironmentVariableIsSet(passphraseVariable))
        return secretFromVariable(passphraseVariable, "passphrase");
    return secretFromPerson(question, "passphrase");
}

std::string textOf(const Json& object, std::string_view member)
{
    const Json* value = object.find(member);
    const std::string* text = value != nullptr ? value->asString() : nullptr;
    return text != nullptr ? *text : std::string();
}

/// For people to read, unless only the compact text is one that an agent takes again.
std::string textFor(const Json& configuration)
{
    std::string text = configuration.dump(2);
    return text.size() < wire::largestConfiguration ? text : configuration.dump();
}

int exportAll(Context& context, const ConfigOptions& options)
{
    const Terminal& terminal = context.terminal;
    auto session = AgentSession::open(context);
    if (!session)
        return terminal.fail(session.error());
    std::optional<SecretBytes> passphrase;
    if (options.withKeys) {
        auto read = readPassphrase("Passphrase for the keys: ");
        if (!read)
            return terminal.fail(read.error());
        passphrase = std::move(*read);
    }
    const auto configuration = await<Json>([&](auto done) {
        if (passphrase)
            (*session)->client().exportConfiguration(*passphrase, std::move(done));
        else
            (*session)->client().exportConfiguration(std::move(done));
    });
    if (!configuration)
        return terminal.fail(configuration.error());
    if (options.file.empty() || options.file == "-") {
        terminal.line(textFor(*configuration));
        return exitDone;
    }
    if (const auto written = writeConfigurationFile(options.file, textFor(*configuration) + '\n'); !written)
        return terminal.fail(written.error());
    if (terminal.isJson())
        terminal.json(Json::object().set("file", options.file));
    else
        terminal.line("The configuration is in " + options.file + (options.withKeys
                          ? ". It holds hashes of secrets, and the agent's keys under the passphrase: keep both, apart."
                          : ". It holds hashes of secrets, no secret."));
    return exitDone;
}

void tell(const Terminal& terminal, const Json& changes, bool rehearse)
{
    if (terminal.isJson()) {
        terminal.json(changes);
        return;
    }
    const Json* list = changes.find("changes");
    const JsonArray* items = list != nullptr ? list->asArray() : nullptr;
    if (items == nullptr || items->empty()) {
        terminal.line(rehearse ? "Nothing would change." : "Nothing had to be changed.");
        return;
    }
    std::vector<std::vector<std::string>> rows{{rehearse ? "WOULD" : "DID", "KIND", "NAME", "ID"}};
    for (const Json& item : *items)
        rows.push_back({textOf(item, "action"), textOf(item, "kind"), printable(textOf(item, "name")), textOf(item, "id")});
    terminal.table(rows);
}

/// Whether the text looks as if it brought keys. A passphrase too many does no harm; a copy of what may hold secrets would.
bool mayBringKeys(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r\n";
    for (auto at = text.find("\"keys\""); at != std::string_view::npos; at = text.find("\"keys\"", at + 1)) {
        const auto colon = text.find_first_not_of(blanks, at + 6);
        if (colon == std::string_view::npos || text[colon] != ':')
            continue;
        const auto value = text.find_first_not_of(blanks, colon + 1);
        if (value != std::string_view::npos && text[value] == '{')
            return true;
    }
    return false;
}

/// nullopt: none is needed.
Result<std::optional<SecretBytes>> passphraseFor(const std::string& text, const ConfigOptions& options)
{
    if (options.withoutKeys || !mayBringKeys(text))
        return std::nullopt;
    if (options.file == "-" && !qEnvironmentVariableIsSet(passphraseVariable))
        return fail(ErrorCode::invalidArgument, std::string("The configuration brings keys under a passphrase, and standard input is the "
                                                            "configuration: set ") + passphraseVariable + ", or leave the keys out with --without-keys.");
    auto read = readPassphrase("Passphrase of the keys: ");
    if (!read)
        return std::unexpected(read.error());
    return std::optional(std::move(*read));
}

int bring(Context& context, const ConfigOptions& options, bool rehearse)
{
    const Terminal& terminal = context.terminal;
    auto text = readConfigurationFile(options.file, wire::largestConfiguration);
    if (!text)
        return terminal.fail(text.error());
    auto session = AgentSession::open(context);
    if (!session) {
        base::wipe(*text);
        return terminal.fail(session.error());
    }
    auto passphrase = passphraseFor(*text, options);
    if (!passphrase) {
        base::wipe(*text);
        return terminal.fail(passphrase.error());
    }
    client::ConfigurationImport how{.prune = options.prune, .rehearse = rehearse, .withoutKeys = options.withoutKeys,
                                    .passphrase = std::move(*passphrase)};
    const auto changes = await<Json>([&](auto done) {
        (*session)->client().importConfiguration(std::move(*text), std::move(how), std::move(done));
    });
    if (!changes)
        return terminal.fail(changes.error());
    tell(terminal, *changes, rehearse);
    return exitDone;
}

int importAll(Context& context, const ConfigOptions& options)
{
    return bring(context, options, false);
}

int check(Context& context, const ConfigOptions& options)
{
    return bring(context, options, true);
}

} // namespace

void addConfigCommands(Command root, Context& context)
{
    Command group = root.subcommand("config", "Export, import and check the whole configuration");
    group.needsSubcommand();
    const auto add = [&](const char* name, const char* description, const char* example, int (*run)(Context&, const ConfigOptions&)) {
        const auto options = std::make_shared<ConfigOptions>();
        Command command = group.subcommand(name, description);
        command.footer(std::string("Example:\n  latchkey-agent config ") + example);
        command.action([&context, options, run] { return run(context, *options); });
        return std::pair(command, options);
    };
    const auto [out, outOptions] = add("export", "Write tokens (hashes only), applications, policies and settings as JSON",
                                       "export latchkey.json", exportAll);
    out.option("file", outOptions->file, "Where to; standard output by default");
    out.flag("--with-keys", outOptions->withKeys,
             "Also the keys that sign, and the local authority's, under a passphrase: from LATCHKEY_BACKUP_PASSPHRASE or standard input");
    const auto [in, inOptions] = add("import", "Make the agent's configuration what a file says; all of it or nothing",
                                     "import latchkey.json", importAll);
    const auto [rehearsal, rehearsalOptions] = add("check", "Tell what an import would change, and change nothing",
                                                   "check latchkey.json --prune", check);
    for (const auto& [command, options] : {std::pair(in, inOptions), std::pair(rehearsal, rehearsalOptions)}) {
        command.option("file", options->file, "What export wrote; - is standard input").required();
        command.flag("--prune", options->prune, "Also remove the tokens and applications that it does not name");
        command.flag("--without-keys", options->withoutKeys, "Leave out the keys that the file may bring");
    }
}

} // namespace latchkey::cli
