// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ServerConnection.h"

#include "Target.h"

#include "agent/base/HostAndPort.h"
#include "agent/base/SecretBytes.h"

#include <boost/asio/buffer.hpp>

#include <algorithm>

namespace latchkey::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t smallInput = 8U * 1024U;
constexpr std::size_t leastRoom = 4U * 1024U;

bool isLoopback(const asio::ip::address& address)
{
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback();
    return address.is_loopback();
}

} // namespace

ServerConnection::ServerConnection(Owner& owner, std::uint64_t id, Socket socket)
    : m_owner(owner), m_id(id), m_socket(std::move(socket)), m_timer(m_socket.get_executor()),
      m_idleSince(std::chrono::steady_clock::now()), m_in(smallInput)
{
}

ServerConnection::~ServerConnection()
{
    base::wipe(m_in);
    if (m_wipeOut)
        base::wipe(m_out);
}

void ServerConnection::start()
{
    allow(m_owner.config().headTimeout);
    readHead();
}

void ServerConnection::waitForRequest()
{
    if (m_finishing) {
        close();
        return;
    }
    m_phase = Phase::idle;
    m_idleSince = std::chrono::steady_clock::now();
    m_head.reset();
    m_request = ServerRequest();
    m_isHead = false;
    m_http10 = false;
    m_keepAlive = false;
    allow(m_owner.config().idleTimeout);
    readHead();
}

void ServerConnection::readHead()
{
    switch (m_head.parse(input())) {
    case ParseState::needMore:
        if (m_phase == Phase::idle && m_head.started()) {
            m_phase = Phase::head;
            allow(m_owner.config().headTimeout);
        }
        readMore(&ServerConnection::readHead);
        return;
    case ParseState::malformed:
        refuse(requestStatus(m_head.error()), code(m_head.error()), http::describe(m_head.error()));
        return;
    case ParseState::complete:
        m_phase = Phase::body;
        takeHead();
        return;
    }
}

void ServerConnection::takeHead()
{
    m_isHead = m_head.method() == Method::head;
    m_http10 = m_head.version() == Version::http10;
    m_keepAlive = m_head.keepAlive();
    if (!takeTarget())
        return;
    m_request.method = m_head.methodText();
    m_request.headers.reserve(m_head.fields().size());
    for (const Field& field : m_head.fields())
        m_request.headers.emplace_back(m_head.name(field), m_head.value(field));
    error_code error;
    const auto peer = m_socket.remote_endpoint(error);
    if (error) {
        close();
        return;
    }
    m_request.peer = base::hostAndPort(peer.address().to_string(), peer.port());
    m_request.peerIsLoopback = isLoopback(peer.address());
    takeBody();
}

bool ServerConnection::takeTarget()
{
    // RFC 9112 §3.2.4: OPTIONS on an absolute target without path means the whole server.
    const std::string_view resource = m_head.resource();
    if (m_head.targetForm() == TargetForm::asterisk || (resource.empty() && m_head.method() == Method::options)) {
        m_request.path = "*";
        return true;
    }
    const auto target = Target::split(resource);
    if (!target) {
        refuse(400, code(target.error()), http::describe(target.error()));
        return false;
    }
    m_request.path = target->path;
    m_request.query = target->query;
    return true;
}

void ServerConnection::takeBody()
{
    m_chunked = m_head.framing() == Framing::chunked;
    m_bodyLeft = m_head.contentLength();
    const bool expectsContinue = m_head.expectContinue();
    consume(m_head.length());
    const Server::Config& config = m_owner.config();
    m_bodyLimit = config.bodyLimit ? config.bodyLimit(m_request) : config.maxBody;
    if (m_bodyLeft > m_bodyLimit) {
        refuseLargeBody();
        return;
    }
    if (!m_chunked && m_bodyLeft == 0) {
        dispatch();
        return;
    }
    m_chunks.reset();
    allow(m_owner.config().stallTimeout);
    // RFC 9110 §10.1.1: not needed once the client has begun to send.
    if (expectsContinue && input().empty()) {
        m_out = "HTTP/1.1 100 Continue\r\n\r\n";
        write(0, &ServerConnection::readBody);
        return;
    }
    readBody();
}

void ServerConnection::readBody()
{
    m_phase = Phase::body;
    if (m_chunked)
        readChunkedBody();
    else
        readLengthBody();
}

void ServerConnection::readLengthBody()
{
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(m_bodyLeft, input().size()));
    reserveBody(static_cast<std::size_t>(m_bodyLeft));
    m_request.body.append(input().substr(0, count));
    consume(count);
    m_bodyLeft -= count;
    if (m_bodyLeft == 0)
        dispatch();
    else
        readMore(&ServerConnection::readBody);
}

void ServerConnection::readChunkedBody()
{
    reserveBody(input().size());
    const auto step = m_chunks.feed(input(), m_request.body, m_bodyLimit);
    consume(step.consumed);
    switch (step.state) {
    case ChunkScanner::State::needMore:
        readMore(&ServerConnection::readBody);
        return;
    case ChunkScanner::State::complete:
        dispatch();
        return;
    case ChunkScanner::State::malformed:
        if (m_chunks.error() == ChunkError::contentTooLarge)
            refuseLargeBody();
        else
            refuse(400, code(m_chunks.error()), "The chunked body is malformed.");
        return;
    }
}

void ServerConnection::refuseLargeBody()
{
    refuse(413, code(ChunkError::contentTooLarge),
           "The request's body is too large: at most " + std::to_string(m_bodyLimit) + " bytes are taken here.");
}

// Room for that many bytes more, without leaving a copy of the body behind.
void ServerConnection::reserveBody(std::size_t size)
{
    std::string& body = m_request.body;
    if (body.capacity() - body.size() >= size)
        return;
    std::string larger;
    larger.reserve(std::max(body.size() + size, 2 * body.size()));
    larger.append(body);
    base::wipe(body);
    body = std::move(larger);
}

void ServerConnection::dispatch()
{
    m_phase = Phase::handling;
    allowForever();
    m_owner.handle(m_id, std::move(m_request));
}

void ServerConnection::readMore(Step then)
{
    makeRoom();
    const Phase phase = m_phase;
    m_socket.async_read_some(asio::buffer(m_in.data() + m_inEnd, m_in.size() - m_inEnd),
                             [this, self = shared_from_this(), phase, then](const error_code& error, std::size_t count) {
                                 m_inEnd += count;
                                 if (m_phase != phase) // a deadline passed meanwhile
                                     return;
                                 if (error)
                                     close();
                                 else
                                     (this->*then)();
                             });
}

void ServerConnection::consume(std::size_t count)
{
    base::wipe(m_in.data() + m_inBegin, count);
    m_inBegin += count;
    if (m_inBegin == m_inEnd)
        m_inBegin = m_inEnd = 0;
}

// A head is at most limits::headBytes, and bodies are taken out as they come, so the input stays small.
void ServerConnection::makeRoom()
{
    if (m_in.size() - m_inEnd >= leastRoom)
        return;
    const std::size_t count = m_inEnd - m_inBegin;
    std::vector<char> fresh(count + leastRoom > m_in.size() / 2 ? 2 * m_in.size() : m_in.size());
    std::ranges::copy(input(), fresh.begin());
    base::wipe(m_in);
    m_in = std::move(fresh);
    m_inBegin = 0;
    m_inEnd = count;
}

void ServerConnection::allow(std::chrono::milliseconds time)
{
    m_timer.expires_after(time);
    m_timer.async_wait([this, self = shared_from_this()](const error_code& aborted) {
        // It may have been set anew when this was already on its way.
        if (!aborted && m_timer.expiry() <= std::chrono::steady_clock::now())
            deadlinePassed();
    });
}

void ServerConnection::allowForever() { m_timer.expires_at(std::chrono::steady_clock::time_point::max()); }

void ServerConnection::deadlinePassed()
{
    error_code ignored;
    switch (m_phase) {
    case Phase::head:
    case Phase::body:
        m_socket.cancel(ignored);
        refuse(408, "request_timeout", "The request took too long to arrive.");
        return;
    case Phase::idle:
    case Phase::writing:
    case Phase::lingering:
        close();
        return;
    case Phase::handling:
    case Phase::streaming:
    case Phase::closed:
        return;
    }
}

void ServerConnection::finish()
{
    m_finishing = true;
    if (m_phase == Phase::idle)
        close();
    else if (const auto stream = m_stream)
        stream->close();
}

void ServerConnection::close()
{
    if (m_phase == Phase::closed)
        return;
    const auto self = shared_from_this();
    m_phase = Phase::closed;
    if (m_stream)
        m_stream->setWaker({});
    m_stream.reset();
    m_timer.cancel();
    error_code ignored;
    m_socket.close(ignored);
    m_owner.closed(m_id);
}

} // namespace latchkey::http
