// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Check.h"

#include "agent/http/ChunkScanner.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

using namespace latchkey::http;

namespace {

// A second, plain reader: what the scanner accepts must decode to the same content here.
std::string decode(std::string_view body)
{
    std::string out;
    for (;;) {
        const std::size_t end = body.find("\r\n");
        CHECK(end != std::string_view::npos);
        const std::size_t size = std::stoull(std::string(body.substr(0, std::min(end, body.find(';')))), nullptr, 16);
        body.remove_prefix(end + 2);
        if (size == 0)
            break;
        CHECK(body.size() >= size + 2 && body.substr(size, 2) == "\r\n");
        out.append(body.substr(0, size));
        body.remove_prefix(size + 2);
    }
    // The trailers: lines with a name and a colon, then the empty line.
    while (!body.starts_with("\r\n")) {
        const std::size_t end = body.find('\n');
        CHECK(end != std::string_view::npos && end > 0 && body[end - 1] == '\r');
        CHECK(body.find(':') > 0 && body.find(':') < end);
        body.remove_prefix(end + 1);
    }
    CHECK(body == "\r\n");
    return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    ChunkScanner whole;
    std::string content;
    const auto step = whole.feed(input, content, size);
    CHECK(step.consumed <= size);
    CHECK(step.state != ChunkScanner::State::needMore || step.consumed == size);
    CHECK((step.state == ChunkScanner::State::malformed) == (whole.error() != ChunkError::none));
    CHECK(content.size() == whole.contentLength());
    if (step.state == ChunkScanner::State::complete)
        CHECK(decode(input.substr(0, step.consumed)) == content);

    // The same, in pieces of 1, 2, 3 … bytes.
    ChunkScanner pieces;
    std::size_t at = 0;
    std::size_t length = 1;
    ChunkScanner::State state = ChunkScanner::State::needMore;
    while (at < size && state == ChunkScanner::State::needMore) {
        const auto piece = pieces.feed(input.substr(at, length));
        state = piece.state;
        at += piece.consumed;
        length = length % 7 + 1;
    }
    CHECK(state == step.state);
    CHECK(at == step.consumed);
    CHECK(pieces.error() == whole.error());
    CHECK(pieces.contentLength() == whole.contentLength());
    return 0;
}
