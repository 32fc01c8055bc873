// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Control's commands on applications.
#include "ApplicationChanges.h"
#include "ControlImpl.h"

namespace latchkey::control {

void Control::listApplications(int page, int perPage, std::string search, Answer<store::Page<access::Application>> answer)
{
    m_impl->reader.ask<store::Page<access::Application>>(
        [page, perPage, search = std::move(search)](store::Reader& reader) {
            return reader.applications(page, perPage, search);
        },
        std::move(answer));
}

void Control::getApplication(access::ApplicationId id, Answer<access::Application> answer)
{
    m_impl->reader.ask<access::Application>(
        [id = std::move(id)](store::Reader& reader) -> Result<access::Application> {
            auto application = reader.application(id);
            if (!application)
                return std::unexpected(application.error());
            if (!*application)
                return std::unexpected(noSuchApplication(id));
            return std::move(**application);
        },
        std::move(answer));
}

void Control::createApplication(access::Application wanted, Answer<access::Application> answer)
{
    m_impl->committer.submit<access::Application>(
        [wanted = std::move(wanted)](Transaction& transaction) { return control::createApplication(transaction, wanted); },
        m_impl->telling(AgentEvent::Kind::application, "created", std::move(answer)));
}

void Control::updateApplication(access::ApplicationId id, access::Application wanted, Answer<access::Application> answer)
{
    editApplication(
        std::move(id),
        [wanted = std::move(wanted)](const access::Application&) -> Result<access::Application> { return wanted; },
        std::move(answer));
}

void Control::editApplication(access::ApplicationId id, ApplicationEdit edit, Answer<access::Application> answer)
{
    m_impl->committer.submit<access::Application>(
        [id = std::move(id), edit = std::move(edit)](Transaction& transaction) mutable {
            return control::editApplication(transaction, id, std::move(edit));
        },
        m_impl->telling(AgentEvent::Kind::application, "updated", std::move(answer)));
}

void Control::deleteApplication(access::ApplicationId id, Answer<access::Application> answer)
{
    m_impl->committer.submit<access::Application>(
        [id = std::move(id)](Transaction& transaction) { return control::deleteApplication(transaction, id); },
        m_impl->telling(AgentEvent::Kind::application, "deleted", std::move(answer)));
}

void Control::revokeSessions(access::ApplicationId id, Answer<void> answer)
{
    m_impl->committer.submit<void>(
        [id](Transaction& transaction) { return control::revokeSessions(transaction, id); },
        m_impl->after<void>(
            [id](const EventListener& to) {
                to({.kind = AgentEvent::Kind::application, .action = "sessions_revoked", .id = id.value, .name = {}});
            },
            std::move(answer)));
}

void Control::setFaults(access::ApplicationId id, access::Faults faults, Answer<access::Faults> answer)
{
    m_impl->committer.submit<access::Faults>(
        [id, faults](Transaction& transaction) { return control::setFaults(transaction, id, faults); },
        m_impl->after<access::Faults>(
            [id](const EventListener& to, const access::Faults& set) {
                to({.kind = AgentEvent::Kind::fault, .action = set.any() ? "set" : "cleared", .id = id.value, .name = {}});
            },
            std::move(answer)));
}

} // namespace latchkey::control
