// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace latchkey::edge {

/// What the edge answers itself instead of an upstream.
struct Refusal {
    int status = 500;
    std::string_view code;       ///< A stable reason code.
    std::string_view sentence;   ///< What to do.
    std::string detail;          ///< What is particular to this request; may be empty.
    std::string_view policyId;   ///< Empty: none.
    std::string_view policyName;
    std::string_view rule;
    std::string location = {};      ///< For 302: where to instead.
    std::string_view note = {};     ///< What is said to everybody, such as the words of the application's owner.
    std::string lines = {};         ///< Whole header lines, for everybody.
};

/// An answer of the edge's own that is no refusal.
struct LocalPage {
    int status = 200;
    std::string_view type = "text/html; charset=utf-8";
    std::string headers;   ///< Whole lines.
    std::string body;
};

/// How an answer has to be written for this client.
struct AnswerStyle {
    bool explain = false;        ///< The client may learn why: it is on this machine.
    bool html = false;
    bool withoutBody = false;    ///< The answer to HEAD: only the head.
    bool http10 = false;
    bool close = false;
    std::string_view rayId;
};

/// Writes the whole answer to `out`. To a client that may not learn why, every refusal of a status reads alike.
void writeRefusal(std::string& out, const Refusal& refusal, const AnswerStyle& style);

/// Writes an answer with this body; `headers` are whole lines.
void writeDocument(std::string& out, int status, std::string_view type, std::string_view body, std::string_view headers,
                   const AnswerStyle& style);

void appendEscaped(std::string& html, std::string_view text);

/// The beginning of every page of the edge's own, to its heading and with the one style for all of them, and the end of it.
[[nodiscard]] std::string beginPage(std::string_view title);
inline constexpr std::string_view pageEnd = "</main></body></html>\n";

/// Whether an Accept header's value asks for HTML rather than JSON (RFC 9110 §12.5.1).
[[nodiscard]] bool prefersHtml(std::string_view accept);

} // namespace latchkey::edge
