// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ClientInfo.h"
#include "Exchange.h"
#include "ForwardedHead.h"
#include "LocalAnswer.h"
#include "Waiter.h"

#include "agent/access/Decision.h"
#include "agent/access/Faults.h"
#include "agent/base/Sha256.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace latchkey::edge {

class Worker;
struct Generation;
struct Route;
struct RouteOptions;
struct Session;
struct SessionOwner;
class SessionCookie;

/// What is to be done with a request.
struct Ruling {
    enum class Kind : std::uint8_t {
        forward,  ///< `out` holds the head for the upstream, `origin` says where to.
        wait,     ///< Its JWT is being signed; the waker is woken.
        refuse,
        document, ///< The certs document.
        delay,    ///< Ask again after `delay`.
        page,     ///< Something else of the edge's own.
    };
    Kind kind = Kind::refuse;
    Refusal refusal;            ///< Its views live as long as the worker's generation.
    bool malformed = false;     ///< The connection cannot go on: where the next message starts is not known.
    std::string_view document;
    std::unique_ptr<LocalPage> page = nullptr;
    std::chrono::milliseconds delay{0};
};

/// Rules on one request with the worker's current snapshot: its target, its application, its credentials, its JWT. A
/// view over its parts, made for one call; the same request may be ruled on again when the snapshot changed meanwhile.
class Gate {
public:
    Gate(Worker& worker, Exchange& exchange, const ClientInfo& client, Waiter& waiter)
        : m_worker(worker)
        , x(exchange)
        , m_client(client)
        , m_waiter(waiter)
    {
    }

    Ruling rule();

    /// For a request under way that lost access: why, as far as can be told.
    [[nodiscard]] Refusal refusalAfterCut();

private:
    bool splitTarget(Ruling& ruling);
    const Route* findRoute(const Generation& generation, Ruling& ruling);
    bool applyOptions(const Route& route, Ruling& ruling);
    /// What goes wrong on purpose with this request: the application's faults, and those the request itself may choose.
    /// False: `ruling` is the answer.
    bool readFaults(const Route& route, access::Faults& faults, Ruling& ruling);
    /// The same claims as the assertion line `additions` has, with the fault in them. False: `ruling` says what now.
    bool spoil(const Route& route, const access::Faults& faults, std::string& line, Ruling& ruling);

    /// Who asks, and what the policies say to that.
    struct Answer {
        access::Decision decision;
        const access::TokenEntry* token = nullptr; ///< That authenticated, by itself or by a session.
        std::shared_ptr<const Session> session;    ///< That counts.
        std::string_view jwt;                      ///< The session's.
        bool waits = false;                        ///< Its signature is being checked.
    };

    /// The session that a request brings along, as far as its signature tells.
    struct SessionFound {
        std::string_view jwt;                      ///< Empty: it brings none.
        base::Digest digest{};
        bool waits = false;                        ///< Its signature is being checked.
        std::shared_ptr<const Session> session;    ///< Null: it is none of ours.
    };
    /// `jwt`: empty, or where else it is than in the session's usual places.
    [[nodiscard]] SessionFound lookUpSession(const Generation& generation, std::string_view jwt = {});

    Answer decide(const Generation& generation, const Route& route, std::chrono::sys_seconds now);
    void useSession(const Generation& generation, const Route& route, access::Subject subject, access::Mode mode,
                    std::chrono::sys_seconds now, Answer& answer);
    /// Whether a session counts here and now, and whose it is.
    [[nodiscard]] SessionOwner judge(const Generation& generation, const Route& route, const Session& session,
                                     const base::Digest& digest, std::chrono::sys_seconds now) const;

    /// The assertion line of a client that a certificate lets in. False: `ruling` says what now.
    bool vouchForCertificate(const Route& route, const access::Decision& decision, std::chrono::sys_seconds now, std::string& line,
                             Ruling& ruling);
    Ruling admit(const Route& route, const Answer& answer, access::Mode mode, std::chrono::sys_seconds now,
                 const access::Faults& faults);
    Ruling forward(const Route& route, RequestAdditions additions);
    Ruling deny(const Generation& generation, const Route& route, const Answer& answer, access::Mode mode);
    void redirectToLogin(const Generation& generation, const Route& route, Refusal& refusal) const;
    [[nodiscard]] const SessionCookie& cookieOf(const Route& route) const;
    Ruling refuse(int status, access::Reason reason, std::string detail = {});

    // The places that the edge keeps for itself.
    Ruling reserved(const Generation& generation);
    Ruling certs(const Generation& generation);
    struct Destination;
    [[nodiscard]] bool mayLogInHere(const Generation& generation, Ruling& ruling) const;
    [[nodiscard]] Result<Destination> destinationOf(const Generation& generation, std::string_view host,
                                                    std::string_view redirect, std::string_view audience) const;
    Ruling login(const Generation& generation);
    Ruling logIn(const Generation& generation, const Destination& destination, const access::Identity& identity,
                 const std::string& state);
    Ruling authorized();
    Ruling getIdentity(const Generation& generation);
    /// `cookie`: the one that is to be forgotten; null: the usual one.
    Ruling logout(const Generation& generation, const SessionCookie* cookie = nullptr);
    Ruling page(LocalPage made) const;
    static Ruling waiting();

    Worker& m_worker;
    Exchange& x;
    const ClientInfo& m_client;
    Waiter& m_waiter;
};

} // namespace latchkey::edge
