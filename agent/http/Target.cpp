// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Target.h"

#include "Characters.h"

#include <algorithm>

namespace latchkey::http {

namespace {

using Check = std::expected<void, TargetError>;

// RFC 3986 §6.2.2.1 and §6.2.2.2: what an escape at `path[at]` may say in a path in normal form.
Check checkEscape(std::string_view path, std::size_t at)
{
    if (at + 2 >= path.size())
        return std::unexpected(TargetError::badEscape);
    const char high = path[at + 1];
    const char low = path[at + 2];
    if (characters::hexValue(high) < 0 || characters::hexValue(low) < 0)
        return std::unexpected(TargetError::badEscape);
    const auto byte = static_cast<unsigned char>(characters::hexValue(high) * 16 + characters::hexValue(low));
    if (byte < 0x20 || byte == 0x7f)
        return std::unexpected(TargetError::encodedControl);
    if (byte == '/')
        return std::unexpected(TargetError::encodedSlash);
    if (byte == '\\')
        return std::unexpected(TargetError::backslash);
    if (characters::isUnreserved(static_cast<char>(byte)))
        return std::unexpected(TargetError::needlessEscape);
    if (high >= 'a' || low >= 'a')
        return std::unexpected(TargetError::lowerCaseEscape);
    return {};
}

// The segment up to its first `;`, raw or escaped, is one or two dots, raw or escaped. Servers that know path parameters
// cut `;…` off before they look for dot segments.
bool isDotSegment(std::string_view segment)
{
    std::size_t dots = 0;
    while (!segment.empty()) {
        if (segment.front() == ';' || characters::equalsLower(segment.substr(0, 3), "%3b"))
            break;
        if (segment.front() == '.')
            segment.remove_prefix(1);
        else if (characters::equalsLower(segment.substr(0, 3), "%2e"))
            segment.remove_prefix(3);
        else
            return false;
        ++dots;
    }
    return dots == 1 || dots == 2;
}

Check checkSegments(std::string_view path)
{
    std::size_t begin = 1;
    for (;;) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        if (end == begin && end != path.size())
            return std::unexpected(TargetError::emptySegment);
        if (isDotSegment(path.substr(begin, end - begin)))
            return std::unexpected(TargetError::dotSegment);
        if (end == path.size())
            return {};
        begin = end + 1;
    }
}

Check checkPath(std::string_view path)
{
    if (!path.starts_with('/'))
        return std::unexpected(TargetError::notAbsolute);
    if (const Check segments = checkSegments(path); !segments)
        return segments;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i] == '\\')
            return std::unexpected(TargetError::backslash);
        if (path[i] != '%')
            continue;
        if (const Check escape = checkEscape(path, i); !escape)
            return escape;
        i += 2;
    }
    return {};
}

} // namespace

std::string_view code(TargetError error)
{
    switch (error) {
    case TargetError::notAbsolute:
        return "path_not_absolute";
    case TargetError::badByte:
        return "bad_byte_in_target";
    case TargetError::badEscape:
        return "bad_escape";
    case TargetError::dotSegment:
        return "dot_segment";
    case TargetError::emptySegment:
        return "empty_segment";
    case TargetError::backslash:
        return "backslash";
    case TargetError::encodedSlash:
        return "encoded_slash";
    case TargetError::encodedControl:
        return "encoded_control";
    case TargetError::needlessEscape:
        return "needless_escape";
    case TargetError::lowerCaseEscape:
        return "lower_case_escape";
    }
    return "bad_target";
}

std::string_view describe(TargetError error)
{
    switch (error) {
    case TargetError::notAbsolute:
        return "The path does not start with a slash.";
    case TargetError::badByte:
        return "The target holds a byte that must be percent-encoded.";
    case TargetError::badEscape:
        return "The path holds a percent sign without two hex digits behind it.";
    case TargetError::dotSegment:
        return "The path holds a . or .. segment; send the path it stands for.";
    case TargetError::emptySegment:
        return "The path holds two slashes in a row; send one.";
    case TargetError::backslash:
        return "The path holds a backslash, which some servers read as a slash.";
    case TargetError::encodedSlash:
        return "The path holds an encoded slash, which some servers read as a slash.";
    case TargetError::encodedControl:
        return "The path holds an encoded control character.";
    case TargetError::needlessEscape:
        return "The path percent-encodes a letter, digit or one of - . _ ~; send the character itself.";
    case TargetError::lowerCaseEscape:
        return "The path holds a percent escape in lower case; send it in capitals, such as %C3.";
    }
    return "The target is malformed.";
}

std::expected<Target, TargetError> Target::split(std::string_view resource)
{
    Target target;
    if (!std::ranges::all_of(resource, characters::isTarget))
        return std::unexpected(TargetError::badByte);
    const std::size_t mark = resource.find('?');
    target.path = resource.substr(0, mark);
    if (mark != std::string_view::npos) {
        target.hasQuery = true;
        target.query = resource.substr(mark + 1);
    }
    if (target.path.empty())
        target.path = "/";
    if (const Check path = checkPath(target.path); !path)
        return std::unexpected(path.error());
    return target;
}

} // namespace latchkey::http
