// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Control's commands on the organization's settings and on the configuration as a whole.
#include "ConfigurationChanges.h"
#include "ControlImpl.h"
#include "OrganizationChanges.h"

namespace latchkey::control {

namespace {

AgentEvent::Kind kindOf(const std::string& what)
{
    using Kind = AgentEvent::Kind;
    if (what == "service token")
        return Kind::token;
    if (what == "application")
        return Kind::application;
    if (what == "group")
        return Kind::group;
    if (what == "policy")
        return Kind::policy;
    return Kind::organization;
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

void Control::importConfiguration(access::Configuration wanted, ImportOptions options, Answer<ConfigurationChanges> answer)
{
    // A rehearsal does everything, ports included, and is then refused, so that its savepoint takes all of it back.
    auto rehearsed = std::make_shared<std::optional<ConfigurationChanges>>();
    m_impl->committer.submit<ConfigurationChanges>(
        [wanted = std::move(wanted), options, rehearsed](Transaction& transaction) mutable -> Result<ConfigurationChanges> {
            auto changes = control::importConfiguration(transaction, std::move(wanted), options.prune);
            if (!changes || !options.rehearse)
                return changes;
            *rehearsed = std::move(*changes);
            return fail(ErrorCode::cancelled, "This was a rehearsal.");
        },
        m_impl->after<ConfigurationChanges>(tellChanges, [rehearsed, answer = std::move(answer)](Result<ConfigurationChanges> changes) mutable {
            if (*rehearsed)
                return answer(std::move(**rehearsed));
            answer(std::move(changes));
        }));
}

} // namespace latchkey::control
