// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Encoding.h"
#include "Json.h"
#include "SecretBytes.h"

#include <algorithm>
#include <set>

namespace latchkey::base {

namespace {

/// Tells whether a name stands in an object already. A few members are compared one by one; beyond that an ordered
/// index is kept, so that an object of a hundred thousand members cannot make the check quadratic. Ordered, not hashed:
/// nobody can choose names that collide.
class NameIndex {
public:
    explicit NameIndex(const JsonObject& members)
        : m_members(members)
        , m_sorted(ByName{members})
    {
    }

    bool holds(std::string_view name)
    {
        if (m_members.size() <= fewMembers)
            return std::ranges::any_of(m_members, [&](const auto& member) { return member.first == name; });
        while (m_sorted.size() < m_members.size())
            m_sorted.insert(m_sorted.size());
        return m_sorted.contains(name);
    }

private:
    static constexpr std::size_t fewMembers = 16;

    /// Orders positions by the names that stand there; positions survive the list's growth, references do not.
    struct ByName {
        using is_transparent = void;
        const JsonObject& members;

        bool operator()(std::size_t left, std::size_t right) const
        {
            return members[left].first < members[right].first;
        }
        bool operator()(std::size_t left, std::string_view right) const { return members[left].first < right; }
        bool operator()(std::string_view left, std::size_t right) const { return left < members[right].first; }
    };

    const JsonObject& m_members;
    std::set<std::size_t, ByName> m_sorted;
};

/// What was read before an error may be a secret.
void wipeTexts(Json& json)
{
    if (std::string* text = json.asString()) {
        wipe(*text);
    } else if (JsonArray* items = json.asArray()) {
        for (Json& item : *items)
            wipeTexts(item);
    } else if (JsonObject* members = json.asObject()) {
        for (auto& [name, value] : *members)
            wipeTexts(value);
    }
}

/// Recursive descent over the text; the first problem stops it and is kept with its offset.
class Parser {
public:
    Parser(std::string_view text, int maxDepth)
        : m_text(text)
        , m_maxDepth(maxDepth)
    {
    }

    Result<Json> parse()
    {
        Json value;
        skipSpace();
        bool isRead = readValue(value, 0);
        skipSpace();
        if (isRead && m_at != m_text.size())
            isRead = stop("something stands after the value");
        if (isRead)
            return value;
        wipeTexts(value);
        return error();
    }

private:
    std::unexpected<Error> error() const
    {
        return fail(ErrorCode::invalidArgument,
                    "The JSON is not valid: " + std::string(m_problem) + " at byte " + std::to_string(m_at) + ".");
    }

    bool stop(const char* problem)
    {
        m_problem = problem;
        return false;
    }

    bool atEnd() const { return m_at >= m_text.size(); }
    char peek() const { return atEnd() ? '\0' : m_text[m_at]; }
    static bool isDigit(char c) { return c >= '0' && c <= '9'; }

    void skipSpace()
    {
        while (!atEnd() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r'))
            ++m_at;
    }

    bool readValue(Json& out, int depth)
    {
        if (depth > m_maxDepth)
            return stop("it is nested too deeply");
        switch (peek()) {
        case '{': return readObject(out, depth);
        case '[': return readArray(out, depth);
        case '"':
            out = Json(std::string());
            return readString(*out.asString());
        case 't': return readWord("true", Json(true), out);
        case 'f': return readWord("false", Json(false), out);
        case 'n': return readWord("null", Json(), out);
        default: return readNumber(out);
        }
    }

    bool readWord(std::string_view word, Json value, Json& out)
    {
        if (m_text.substr(m_at, word.size()) != word)
            return stop("an unknown word stands");
        m_at += word.size();
        out = std::move(value);
        return true;
    }

    bool readNumber(Json& out)
    {
        const std::size_t start = m_at;
        if (peek() == '-')
            ++m_at;
        if (peek() == '0')
            ++m_at;
        else if (!readDigits())
            return stop(atEnd() ? "it ends too early" : "no value stands");
        if (peek() == '.') {
            ++m_at;
            if (!readDigits())
                return stop("a number lacks digits");
        }
        if (peek() == 'e' || peek() == 'E') {
            ++m_at;
            if (peek() == '+' || peek() == '-')
                ++m_at;
            if (!readDigits())
                return stop("a number lacks digits");
        }
        out = Json::number(std::string(m_text.substr(start, m_at - start)));
        return true;
    }

    bool readDigits()
    {
        const std::size_t start = m_at;
        while (isDigit(peek()))
            ++m_at;
        return m_at != start;
    }

    bool readArray(Json& out, int depth)
    {
        ++m_at;
        out = Json::array();   // Filled in place, so that what was read is there after an error, to be wiped.
        JsonArray& items = *out.asArray();
        skipSpace();
        if (peek() == ']') {
            ++m_at;
            return true;
        }
        while (true) {
            skipSpace();
            if (!readValue(items.emplace_back(), depth + 1))
                return false;
            skipSpace();
            if (peek() == ',') {
                ++m_at;
                continue;
            }
            if (peek() != ']')
                return stop("an array lacks a comma or its end");
            ++m_at;
            return true;
        }
    }

    bool readObject(Json& out, int depth)
    {
        ++m_at;
        out = Json::object();
        JsonObject& members = *out.asObject();
        NameIndex names(members);
        skipSpace();
        if (peek() == '}') {
            ++m_at;
            return true;
        }
        while (true) {
            skipSpace();
            std::string name;
            if (peek() != '"')
                return stop("an object's member lacks its name");
            if (!readString(name))
                return false;
            // Two readers that pick different ones of two equal names can be made to disagree: refuse.
            if (names.holds(name))
                return stop("a member stands twice");
            skipSpace();
            if (peek() != ':')
                return stop("a member lacks its colon");
            ++m_at;
            skipSpace();
            // Read in place: GCC 12 believes that a moved temporary's alternatives were uninitialised.
            auto& [key, value] = members.emplace_back();
            key = std::move(name);
            if (!readValue(value, depth + 1))
                return false;
            skipSpace();
            if (peek() == ',') {
                ++m_at;
                continue;
            }
            if (peek() != '}')
                return stop("an object lacks a comma or its end");
            ++m_at;
            return true;
        }
    }

    /// Where the string that goes on at `from` ends at the latest, as no escape is shorter than what it stands for.
    std::size_t endOfString(std::size_t from) const
    {
        while (true) {
            const std::size_t next = m_text.find_first_of("\"\\", from);
            if (next == std::string_view::npos)
                return m_text.size();
            if (m_text[next] == '"')
                return next;
            from = next + 2;
        }
    }

    bool readString(std::string& out)
    {
        ++m_at;
        // At once, as a string that grows leaves pieces of itself behind in memory, and it may be a secret.
        out.reserve(endOfString(m_at) - m_at);
        while (true) {
            const std::size_t start = m_at;
            while (!atEnd() && m_text[m_at] != '"' && m_text[m_at] != '\\' && static_cast<unsigned char>(m_text[m_at]) >= 0x20)
                ++m_at;
            out += m_text.substr(start, m_at - start);
            if (atEnd())
                return stop("a string lacks its end");
            if (m_text[m_at] == '"') {
                ++m_at;
                return true;
            }
            if (m_text[m_at] != '\\')
                return stop("a control character stands in a string");
            if (!readEscape(out))
                return false;
        }
    }

    bool readEscape(std::string& out)
    {
        ++m_at;
        const char c = peek();
        static constexpr std::string_view from = "\"\\/bfnrt";
        static constexpr std::string_view to = "\"\\/\b\f\n\r\t";
        if (const auto at = from.find(c); !atEnd() && at != std::string_view::npos) {
            out += to[at];
            ++m_at;
            return true;
        }
        if (c != 'u')
            return stop("an unknown escape stands");
        ++m_at;
        std::uint32_t code = 0;
        if (!readHex4(code))
            return false;
        if (code >= 0xDC00 && code <= 0xDFFF)
            return stop("half a surrogate pair stands");
        if (code >= 0xD800 && code <= 0xDBFF) {
            std::uint32_t low = 0;
            if (m_text.substr(m_at, 2) != "\\u")
                return stop("half a surrogate pair stands");
            m_at += 2;
            if (!readHex4(low))
                return false;
            if (low < 0xDC00 || low > 0xDFFF)
                return stop("half a surrogate pair stands");
            code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
        }
        appendUtf8(out, code);
        return true;
    }

    bool readHex4(std::uint32_t& code)
    {
        const auto bytes = fromHex(m_text.substr(m_at, 4));
        if (!bytes || bytes->size() != 2)
            return stop("an escape lacks its four digits");
        code = static_cast<std::uint32_t>(static_cast<unsigned char>((*bytes)[0])) << 8U
             | static_cast<unsigned char>((*bytes)[1]);
        m_at += 4;
        return true;
    }

    static void appendUtf8(std::string& out, std::uint32_t code)
    {
        const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | ((code >> shift) & 0x3FU)); };
        if (code < 0x80) {
            out += static_cast<char>(code);
        } else if (code < 0x800) {
            out += static_cast<char>(0xC0U | (code >> 6U));
            tail(0);
        } else if (code < 0x10000) {
            out += static_cast<char>(0xE0U | (code >> 12U));
            tail(6);
            tail(0);
        } else {
            out += static_cast<char>(0xF0U | (code >> 18U));
            tail(12);
            tail(6);
            tail(0);
        }
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    int m_maxDepth;
    const char* m_problem = "";
};

} // namespace

Result<Json> parseJson(std::string_view text, JsonLimits limits)
{
    if (text.size() > limits.bytes)
        return fail(ErrorCode::invalidArgument, "The JSON is larger than " + std::to_string(limits.bytes) + " bytes.");
    if (!isUtf8(text))
        return fail(ErrorCode::invalidArgument, "The JSON is not UTF-8.");
    return Parser(text, limits.depth).parse();
}

} // namespace latchkey::base
