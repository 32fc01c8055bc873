// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ServerConnection.h"

#include "Characters.h"
#include "Target.h"

#include "agent/base/SecretBytes.h"

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace latchkey::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t smallInput = 8U * 1024U;
constexpr std::size_t leastRoom = 4U * 1024U;
constexpr std::chrono::seconds lingerTime{2};

std::string_view reasonPhrase(int status)
{
    struct Row {
        int status;
        std::string_view phrase;
    };
    static constexpr std::array<Row, 26> rows{{
        {200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"}, {302, "Found"}, {304, "Not Modified"},
        {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"}, {405, "Method Not Allowed"},
        {408, "Request Timeout"}, {409, "Conflict"}, {412, "Precondition Failed"}, {413, "Content Too Large"},
        {414, "URI Too Long"}, {415, "Unsupported Media Type"}, {417, "Expectation Failed"}, {422, "Unprocessable Content"},
        {429, "Too Many Requests"}, {431, "Request Header Fields Too Large"}, {500, "Internal Server Error"},
        {501, "Not Implemented"}, {502, "Bad Gateway"}, {503, "Service Unavailable"}, {505, "HTTP Version Not Supported"},
    }};
    const auto found = std::ranges::find(rows, status, &Row::status);
    return found == rows.end() ? std::string_view{} : found->phrase;
}

// IMF-fixdate, RFC 9110 §5.6.7.
std::string httpDate(std::chrono::sys_seconds time)
{
    static constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    const auto two = [](auto number) {
        const std::string digits = std::to_string(number);
        return digits.size() < 2 ? '0' + digits : digits;
    };
    std::string out(days[std::chrono::weekday(day).c_encoding()]);
    out.append(", ").append(two(static_cast<unsigned>(date.day()))).append(" ");
    out.append(months[static_cast<unsigned>(date.month()) - 1]).append(" ");
    out.append(std::to_string(static_cast<int>(date.year()))).append(" ");
    out.append(two(clock.hours().count())).append(":").append(two(clock.minutes().count())).append(":");
    out.append(two(clock.seconds().count())).append(" GMT");
    return out;
}

std::string describe(const ServerConnection::Socket::endpoint_type& peer)
{
    const std::string address = peer.address().to_string();
    return (peer.address().is_v6() ? '[' + address + ']' : address) + ':' + std::to_string(peer.port());
}

bool isLoopback(const asio::ip::address& address)
{
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback();
    return address.is_loopback();
}

// RFC 9112 §7.1
std::string chunkHead(std::size_t size)
{
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), size, 16).ptr;
    return std::string(digits.data(), end).append("\r\n");
}

// The server writes these itself.
bool isOurs(std::string_view name)
{
    const KnownHeader known = knownHeader(name);
    return known == KnownHeader::contentLength || known == KnownHeader::transferEncoding || known == KnownHeader::connection
           || known == KnownHeader::keepAlive || characters::equalsLower(name, "date");
}

bool isSendable(const ServerResponse& response)
{
    if (response.status < 200 || response.status > 599)
        return false;
    return std::ranges::all_of(response.headers, [](const auto& field) {
        return characters::isToken(field.first) && characters::findBadValueByte(field.second) == std::string_view::npos;
    });
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
    m_request.peer = describe(peer);
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
    if (m_bodyLeft > m_owner.config().maxBody) {
        refuse(413, "content_too_large", "The request's body is too large.");
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
    const auto step = m_chunks.feed(input(), m_request.body, m_owner.config().maxBody);
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
            refuse(413, code(m_chunks.error()), "The request's body is too large.");
        else
            refuse(400, code(m_chunks.error()), "The chunked body is malformed.");
        return;
    }
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

void ServerConnection::answer(ServerResponse response)
{
    if (m_phase == Phase::handling)
        writeAnswer(response);
    if (response.wipe)
        base::wipe(response.body);
}

void ServerConnection::refuse(int status, std::string_view code, std::string_view message)
{
    m_keepAlive = false;
    ServerResponse response;
    if (m_owner.config().refusal) {
        response = m_owner.config().refusal(status, code, message);
    } else {
        response.status = status;
        response.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
        response.body.append(message).append("\n");
    }
    writeAnswer(response);
}

void ServerConnection::refuseBusy() { refuse(503, "busy", "There are too many connections; try again later."); }

void ServerConnection::writeAnswer(ServerResponse& response)
{
    if (!isSendable(response)) {
        if (response.wipe)
            base::wipe(response.body);
        response = {500, {{"Content-Type", "text/plain; charset=utf-8"}}, "The answer could not be sent.\n"};
    }
    m_keepAlive = m_keepAlive && !m_finishing;

    std::string head = "HTTP/1.1 " + std::to_string(response.status) + ' ';
    head.append(reasonPhrase(response.status)).append("\r\nDate: ").append(httpDate(m_owner.now())).append("\r\n");
    for (const auto& [name, value] : response.headers) {
        if (!isOurs(name))
            head.append(name).append(": ").append(value).append("\r\n");
    }
    const bool hasBody = response.status != 204 && response.status != 304; // RFC 9110 §6.4.1
    if (hasBody && response.stream) {
        m_keepAlive = false;
        if (!m_http10)
            head.append("Transfer-Encoding: chunked\r\n");
    } else if (hasBody) {
        head.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
    }
    if (!m_keepAlive)
        head.append("Connection: close\r\n");
    else if (m_http10)
        head.append("Connection: keep-alive\r\n");
    head.append("\r\n");

    // Reserved in one piece: a string that grows leaves copies behind.
    m_out.clear();
    m_out.reserve(head.size() + response.body.size());
    m_out.append(head);
    if (hasBody && !m_isHead && response.stream) {
        m_stream = std::move(response.stream);
        m_stream->setWaker(m_owner.waker(m_id));
        if (m_finishing)
            m_stream->close();
        watchClient();
        write(0, &ServerConnection::streamOn);
        return;
    }
    if (hasBody && !m_isHead)
        m_out.append(response.body);
    m_wipeOut = response.wipe;
    if (response.wipe)
        base::wipe(response.body);
    write(0, &ServerConnection::answerWritten);
}

void ServerConnection::streamOn()
{
    m_phase = Phase::streaming;
    const std::string piece = m_stream->take();
    if (piece.empty() && !m_stream->isEnded()) {
        m_out.clear();
        allowForever();
        return;
    }
    const bool isLast = piece.empty();
    if (m_http10)
        m_out = piece;
    else
        m_out = isLast ? "0\r\n\r\n" : chunkHead(piece.size()) + piece + "\r\n";
    if (m_out.empty())
        endStream();
    else
        write(0, isLast ? &ServerConnection::endStream : &ServerConnection::streamOn);
}

void ServerConnection::streamMoved()
{
    if (m_phase == Phase::streaming)
        streamOn();
}

// As linger(); the read of watchClient() goes on meanwhile.
void ServerConnection::endStream()
{
    m_stream->setWaker({});
    m_stream.reset();
    m_phase = Phase::lingering;
    error_code error;
    m_socket.shutdown(Socket::shutdown_send, error);
    if (error)
        close();
    else
        allow(std::min<std::chrono::milliseconds>(lingerTime, m_owner.config().stopDeadline));
}

// A client has nothing more to say while it listens; that it has left shows only in reading.
void ServerConnection::watchClient()
{
    consume(input().size());
    makeRoom();
    m_socket.async_read_some(asio::buffer(m_in.data() + m_inEnd, m_in.size() - m_inEnd),
                             [this, self = shared_from_this()](const error_code& error, std::size_t count) {
                                 m_inEnd += count;
                                 if (m_phase == Phase::closed)
                                     return;
                                 if (error)
                                     close();
                                 else
                                     watchClient();
                             });
}

void ServerConnection::write(std::size_t from, Step then)
{
    m_phase = Phase::writing;
    allow(m_owner.config().stallTimeout);
    m_socket.async_write_some(asio::buffer(m_out.data() + from, m_out.size() - from),
                              [this, self = shared_from_this(), from, then](const error_code& error, std::size_t count) {
                                  if (m_phase != Phase::writing)
                                      return;
                                  if (error)
                                      close();
                                  else if (from + count < m_out.size())
                                      write(from + count, then);
                                  else
                                      (this->*then)();
                              });
}

void ServerConnection::answerWritten()
{
    if (m_wipeOut)
        base::wipe(m_out);
    m_out.clear();
    m_wipeOut = false;
    if (m_keepAlive)
        waitForRequest();
    else
        linger();
}

// RFC 9112 §9.6: closing with unread bytes would reset the connection and could take the answer with it, so half-close
// and read on for a while.
void ServerConnection::linger()
{
    m_phase = Phase::lingering;
    error_code error;
    m_socket.shutdown(Socket::shutdown_send, error);
    if (error) {
        close();
        return;
    }
    allow(std::min<std::chrono::milliseconds>(lingerTime, m_owner.config().stopDeadline));
    discard();
}

void ServerConnection::discard()
{
    consume(input().size());
    readMore(&ServerConnection::discard);
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
