// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ClientInfo.h"
#include "Exchange.h"
#include "LocalAnswer.h"

#include "agent/access/Decision.h"
#include "agent/http/Awaiter.h"

#include <chrono>
#include <string_view>

namespace latchkey::edge {

class Worker;
struct Generation;
struct Route;

/// What is to be done with a request.
struct Ruling {
    enum class Kind : std::uint8_t {
        forward,  ///< `out` holds the head for the upstream, `origin` says where to.
        wait,     ///< Its JWT is being signed; the waker is woken.
        refuse,
        document, ///< The certs document.
    };
    Kind kind = Kind::refuse;
    Refusal refusal;            ///< Its views live as long as the worker's generation.
    bool malformed = false;     ///< The connection cannot go on: where the next message starts is not known.
    std::string_view document;
};

/// Rules on one request with the worker's current snapshot: its target, its application, its credentials, its JWT. A
/// view over its parts, made for one call; the same request may be ruled on again when the snapshot changed meanwhile.
class Gate {
public:
    Gate(Worker& worker, Exchange& exchange, const ClientInfo& client, http::Waker& waker)
        : m_worker(worker)
        , x(exchange)
        , m_client(client)
        , m_waker(waker)
    {
    }

    Ruling rule();

    /// For a request under way whose token lost access: why, as far as its token tells.
    [[nodiscard]] Refusal refusalAfterCut();

private:
    bool splitTarget(Ruling& ruling);
    bool reserved(const Generation& generation, Ruling& ruling);
    const Route* findRoute(const Generation& generation, Ruling& ruling);
    access::Decision decide(const Generation& generation, const Route& route, const access::TokenEntry*& token,
                            std::chrono::sys_seconds now);
    Ruling admit(const Route& route, const access::Decision& decision, const access::TokenEntry* token,
                 std::chrono::sys_seconds now);
    Ruling refuse(int status, access::Reason reason, std::string detail = {});

    Worker& m_worker;
    Exchange& x;
    const ClientInfo& m_client;
    http::Waker& m_waker;
};

} // namespace latchkey::edge
