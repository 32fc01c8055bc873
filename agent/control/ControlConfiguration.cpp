// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Control's commands on the organization's settings and on the configuration as a whole.
#include "Background.h"
#include "ConfigurationChanges.h"
#include "ControlImpl.h"
#include "KeyBundle.h"
#include "OrganizationChanges.h"

namespace latchkey::control {

namespace {

// What ConfigurationChange::what says of keys.
constexpr std::string_view kKeysChange = "signing keys";
constexpr std::string_view kAuthorityChange = "certificate authority";

AgentEvent::Kind kindOf(const std::string& what)
{
    using Event = AgentEvent::Kind;
    if (what == kKeysChange || what == kAuthorityChange)
        return Event::keys;
    if (what == "service token")
        return Event::token;
    if (what == "application")
        return Event::application;
    if (what == "group")
        return Event::group;
    if (what == "policy")
        return Event::policy;
    return Event::organization;
}

std::string_view actionOf(ConfigurationChange::Kind kind)
{
    switch (kind) {
    case ConfigurationChange::Kind::created: return "created";
    case ConfigurationChange::Kind::changed: return "updated";
    case ConfigurationChange::Kind::removed: return "deleted";
    }
    return "updated";
}

/// Each change as if it had been made alone, then the import as a whole: who heard of it last has the rest, too.
void tellChanges(const EventListener& to, const ConfigurationChanges& changes)
{
    if (changes.changes.empty())
        return;
    for (const auto& change : changes.changes)
        to({.kind = kindOf(change.what), .action = std::string(actionOf(change.kind)), .id = change.id, .name = change.name});
    to({.kind = AgentEvent::Kind::configuration, .action = "imported", .id = {}, .name = {}});
}

} // namespace

std::shared_ptr<const access::Organization> Control::organization() const
{
    return m_impl->committer.state().organization;
}

void Control::editOrganization(OrganizationEdit edit, Answer<access::Organization> answer)
{
    m_impl->committer.submit<access::Organization>(
        [edit = std::move(edit)](Transaction& transaction) mutable {
            return control::editOrganization(transaction, std::move(edit));
        },
        m_impl->telling(AgentEvent::Kind::organization, "updated", std::move(answer)));
}

void Control::exportConfiguration(Answer<access::Configuration> answer)
{
    m_impl->committer.submit<access::Configuration>(
        [](Transaction& transaction) { return control::exportConfiguration(transaction); }, std::move(answer));
}

void Control::exportWithKeys(SecretBytes passphrase, Answer<access::Configuration> answer)
{
    if (auto checked = checkPassphrase(passphrase); !checked)
        return post(this, [answer = std::move(answer), error = checked.error()]() mutable { answer(std::unexpected(error)); });
    m_impl->authority.backUp([this, passphrase = std::move(passphrase), answer = std::move(answer)](
                                 Result<std::optional<KeyBundle::Authority>> authority) mutable {
        if (!authority)
            return answer(std::unexpected(authority.error()));
        auto bundle = m_impl->keys.bundle();
        bundle.authority = std::move(*authority);
        exportConfiguration([this, bundle = std::move(bundle), passphrase = std::move(passphrase), answer = std::move(answer)](
                                Result<access::Configuration> configuration) mutable {
            if (!configuration)
                return answer(std::move(configuration));
            inBackground<base::SealedBytes>(
                this,
                [bundle = std::move(bundle), passphrase = std::move(passphrase), &random = m_impl->parts.services.random]() -> Result<base::SealedBytes> {
                    const auto text = encodeKeys(bundle);
                    if (!text)
                        return std::unexpected(text.error());
                    return base::seal(*text, passphrase, kKeyBundlePurpose, random);
                },
                [configuration = std::move(*configuration), answer = std::move(answer)](Result<base::SealedBytes> sealed) mutable {
                    if (!sealed)
                        return answer(std::unexpected(sealed.error()));
                    configuration.keys = std::move(*sealed);
                    answer(std::move(configuration));
                });
        });
    });
}

void Control::importConfiguration(access::Configuration wanted, ImportOptions options, Answer<ConfigurationChanges> answer)
{
    auto sealed = std::exchange(wanted.keys, std::nullopt);
    if (!sealed || options.withoutKeys)
        return m_impl->bring(std::move(wanted), options.prune, options.rehearse, std::move(answer));
    if (!options.passphrase) {
        post(this, [answer = std::move(answer)]() mutable {
            answer(fail(ErrorCode::invalidArgument, "This configuration brings keys under a passphrase: give the passphrase, or leave the keys out."));
        });
        return;
    }
    inBackground<KeyBundle>(
        this,
        [sealed = std::move(*sealed), passphrase = std::move(*options.passphrase)]() -> Result<KeyBundle> {
            const auto text = base::unseal(sealed, passphrase, kKeyBundlePurpose);
            if (!text)
                return std::unexpected(text.error());
            return decodeKeys(*text);
        },
        [this, wanted = std::move(wanted), prune = options.prune, rehearse = options.rehearse, answer = std::move(answer)](Result<KeyBundle> bundle) mutable {
            if (!bundle) {
                // To the API's clients `forbidden` speaks of the API token.
                if (bundle.error().code == ErrorCode::forbidden)
                    return answer(fail(ErrorCode::invalidArgument,
                                       "The passphrase is not the one that the keys of this configuration were exported with, or they were changed "
                                       "since. Nothing was imported."));
                return answer(std::unexpected(bundle.error()));
            }
            m_impl->bringWithKeys(std::move(wanted), std::move(*bundle), prune, rehearse, std::move(answer));
        });
}

void Control::Impl::bring(access::Configuration wanted, bool prune, bool rehearse, Answer<ConfigurationChanges> answer)
{
    // A rehearsal does everything, ports included, and is then refused, so that its savepoint takes all of it back.
    auto rehearsed = std::make_shared<std::optional<ConfigurationChanges>>();
    committer.submit<ConfigurationChanges>(
        [wanted = std::move(wanted), prune, rehearse, rehearsed](Transaction& transaction) mutable -> Result<ConfigurationChanges> {
            auto changes = control::importConfiguration(transaction, std::move(wanted), prune);
            if (!changes || !rehearse)
                return changes;
            *rehearsed = std::move(*changes);
            return fail(ErrorCode::cancelled, "This was a rehearsal.");
        },
        after<ConfigurationChanges>(tellChanges, [rehearsed, answer = std::move(answer)](Result<ConfigurationChanges> changes) mutable {
            if (*rehearsed)
                return answer(std::move(**rehearsed));
            answer(std::move(changes));
        }));
}

/// The configuration and the signing keys come in one transaction; the authority, which is one entry of the vault and one
/// file, follows them.
void Control::Impl::bringWithKeys(access::Configuration wanted, KeyBundle bundle, bool prune, bool rehearse, Answer<ConfigurationChanges> answer)
{
    std::vector<ConfigurationChange> keyChanges;
    if (!keys.isInService(bundle.signing))
        keyChanges.push_back({ConfigurationChange::Kind::changed, std::string(kKeysChange), {}, {}});
    if (bundle.authority && authority.isInForce(bundle.authority->certificatePem))
        bundle.authority.reset();
    if (bundle.authority)
        keyChanges.push_back({ConfigurationChange::Kind::changed, std::string(kAuthorityChange), {}, {}});
    if (keyChanges.empty())
        return bring(std::move(wanted), prune, rehearse, std::move(answer));
    if (rehearse)
        return bring(std::move(wanted), prune, true, [keyChanges, answer = std::move(answer)](Result<ConfigurationChanges> changes) mutable {
            if (changes)
                changes->changes.insert(changes->changes.end(), keyChanges.begin(), keyChanges.end());
            answer(std::move(changes));
        });

    auto made = std::make_shared<ConfigurationChanges>();
    keys.restore(
        std::move(bundle.signing),
        [wanted = std::move(wanted), prune, made](Transaction& transaction) mutable -> Result<void> {
            auto changes = control::importConfiguration(transaction, std::move(wanted), prune);
            if (!changes)
                return std::unexpected(changes.error());
            *made = std::move(*changes);
            return {};
        },
        [this, made, keyChanges = std::move(keyChanges), its = std::move(bundle.authority), answer = std::move(answer)](Result<void> restored) mutable {
            if (!restored)
                return answer(std::unexpected(restored.error()));
            made->changes.insert(made->changes.end(), keyChanges.begin(), keyChanges.end());
            if (listener)
                tellChanges(listener, *made);
            if (!its)
                return answer(std::move(*made));
            authority.restore(std::move(*its), hostsOf(committer.state()),
                              [this, made, answer = std::move(answer)](Result<std::shared_ptr<const jose::LocalCa>> done) mutable {
                                  if (!done) {
                                      Error error = done.error();
                                      error.message = "The configuration and the signing keys are in force, but not the local certificate authority: "
                                                      + error.message;
                                      return answer(std::unexpected(std::move(error)));
                                  }
                                  if (!edgeTls.empty())
                                      parts.edge->setAuthority(std::move(*done));
                                  answer(std::move(*made));
                              });
        });
}

} // namespace latchkey::control
