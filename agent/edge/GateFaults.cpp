// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
//
// Faults on purpose, for testing validators. Nothing here runs for an application without any.
#include "Gate.h"

#include "FaultyToken.h"
#include "Generation.h"
#include "Worker.h"

#include "agent/jose/DecodedJwt.h"

namespace latchkey::edge {

using access::CertsFault;
using access::JwtFault;

namespace {

// Longer than any validator's patience that we know (jose: 5 s).
constexpr std::chrono::milliseconds slowness{10'000};

} // namespace

bool Gate::readFaults(const Route& route, access::Faults& faults, Ruling& ruling)
{
    faults = *route.faults;
    if (const http::Field* const header = x.head.find("latchkey-fault"); header != nullptr && faults.byHeader && m_client.isLoopback) {
        if (const auto added = access::addFaults(faults, x.head.value(*header)); !added) {
            ruling.refusal = {400, "unknown_fault", "The Latchkey-Fault header names something that is no fault.", added.error().message, {}, {}, {}};
            return false;
        }
    }
    const auto delay = faults.certs == CertsFault::slow && x.path == "/cdn-cgi/access/certs" ? faults.latency + slowness : faults.latency;
    if (delay.count() != 0 && !x.delayed) {
        ruling.kind = Ruling::Kind::delay;
        ruling.delay = delay;
        return false;
    }
    return true;
}

bool Gate::spoil(const Route& route, const access::Faults& faults, std::string& line, Ruling& ruling)
{
    if (line.empty() || !faults.changesJwt())
        return true;
    if (faults.jwt == JwtFault::missing) {
        line.clear();
        return true;
    }
    if (!x.pending) {
        const std::size_t begin = line.find(' ') + 1;
        const auto sound = jose::decodeJwt(std::string_view(line).substr(begin, line.size() - begin - 2));
        if (!sound)
            return true;
        x.pending = makeOnPool(m_worker.signers(), m_worker.io(), m_waiter.waker(),
                               [key = route.assertions->key, claims = sound->payload, faults, now = m_worker.now()] {
                                   return faultyJwt(*key, claims, faults, now);
                               });
    }
    if (!x.pending->done) {
        ruling.kind = Ruling::Kind::wait;
        return false;
    }
    if (!x.pending->text) {
        ruling.refusal = {500, "signing_failed", "The JWT could not be signed; the agent's log says why.", {}, {}, {}, {}};
        return false;
    }
    line = "Cf-Access-Jwt-Assertion: " + *x.pending->text + "\r\n";
    return true;
}

/// The certs document; on an application's own host or port, with its faults.
Ruling Gate::certs(const Generation& generation)
{
    Ruling ruling;
    if (x.head.method() != http::Method::get && !x.isHead) {
        ruling.refusal = {405, "method_not_allowed", "The certs document is read with GET or HEAD.", {}, {}, {}, {}};
        return ruling;
    }
    const Snapshot& snapshot = *generation.snapshot;
    const Route* const route = snapshot.faults.empty() ? nullptr
                               : m_client.ownPort      ? generation.router.byPort(m_client.port)
                                                       : generation.router.byHostAndPath(x.head.host(), "/").route;
    access::Faults faults;
    if (route != nullptr && route->faults && !readFaults(*route, faults, ruling))
        return ruling;
    switch (faults.certs) {
    case CertsFault::unavailable:
        ruling.refusal = {503, "fault", "The certs document is out of order on purpose: a fault is set for this application.", {}, {}, {}, {}};
        return ruling;
    case CertsFault::empty:
    case CertsFault::stale:
        return page({200, "application/json",
                     "Cache-Control: no-store\r\nLatchkey-Fault: " + access::describe(faults) + "\r\n",
                     faultyCerts(snapshot.certsDocument, faults.certs, snapshot.keys.current->kid())});
    case CertsFault::none:
    case CertsFault::slow:
        break;
    }
    ruling.kind = Ruling::Kind::document;
    ruling.document = snapshot.certsDocument;
    return ruling;
}

} // namespace latchkey::edge
