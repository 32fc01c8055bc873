// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Commands.h"
#include "Transaction.h"

namespace latchkey::control {

// The life of an application, each step inside a transaction.
[[nodiscard]] Result<access::Application> createApplication(Transaction& transaction, access::Application wanted);
/// Id, audience, times and revocations stay; so does the port, unless another one is wanted. A policy that carries the id
/// of one there is stays that policy, one without an id is new.
[[nodiscard]] Result<access::Application> editApplication(Transaction& transaction, const access::ApplicationId& id, ApplicationEdit edit);
[[nodiscard]] Result<access::Application> deleteApplication(Transaction& transaction, const access::ApplicationId& id);
/// Ends the sessions issued so far; a client with a valid token gets a new one with its next request.
/// From elsewhere, with its ids (which are made where they are missing): changes the one of this id, or adds it.
[[nodiscard]] Result<access::Application> importApplication(Transaction& transaction, access::Application wanted);
[[nodiscard]] Result<void> revokeSessions(Transaction& transaction, const access::ApplicationId& id);

[[nodiscard]] Error noSuchApplication(const access::ApplicationId& id);

/// Not stored: faults are off after a restart.
[[nodiscard]] Result<access::Faults> setFaults(Transaction& transaction, const access::ApplicationId& id, access::Faults faults);

} // namespace latchkey::control
