// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "LocalAnswer.h"

#include "agent/base/Json.h"
#include "agent/http/Characters.h"
#include "agent/http/StatusText.h"

#include <algorithm>

namespace latchkey::edge {

namespace {

using http::characters::equalsLower;
using http::characters::takeElement;
using http::characters::trimBlanks;

void appendLine(std::string& out, std::string_view name, std::string_view value)
{
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
}

void writeHead(std::string& out, int status, std::string_view type, std::size_t length, std::string_view headers,
               const AnswerStyle& style)
{
    out += "HTTP/1.1 ";
    out += std::to_string(status);
    out += ' ';
    out += http::statusText(status);
    out += "\r\n";
    appendLine(out, "Content-Type", type);
    appendLine(out, "Content-Length", std::to_string(length));
    out += headers;
    if (!style.rayId.empty())
        appendLine(out, "Cf-Ray", style.rayId);
    if (style.close)
        out += "Connection: close\r\n";
    else if (style.http10)
        out += "Connection: keep-alive\r\n";
    out += "\r\n";
}

std::string jsonBody(const Refusal& refusal, const AnswerStyle& style)
{
    JsonObject body{
        {"success", false},
        {"status", refusal.status},
        {"reason", refusal.code},
        {"message", refusal.sentence},
    };
    if (!refusal.note.empty())
        body.emplace_back("deny_message", refusal.note);
    if (!refusal.detail.empty())
        body.emplace_back("detail", refusal.detail);
    if (!refusal.policyId.empty())
        body.emplace_back("policy", JsonObject{{"id", refusal.policyId}, {"name", refusal.policyName}});
    if (!refusal.rule.empty())
        body.emplace_back("rule", refusal.rule);
    if (!style.rayId.empty())
        body.emplace_back("ray_id", style.rayId);
    return Json(std::move(body)).dump(2) + '\n';
}

// One for all pages of the edge. Nothing is loaded from elsewhere; colours by role, for light and dark.
constexpr std::string_view pageStyle =
    ":root{color-scheme:light dark;--ground:#f4f4f2;--card:#fff;--line:#0000002e;--control:#00000073;--soft:#595959;--accent:#c2410c}"
    "@media(prefers-color-scheme:dark){:root{--ground:#121212;--card:#1e1e1e;--line:#ffffff2e;--control:#ffffff73;--soft:#b4b4b4;--accent:#fb923c}}"
    "*{box-sizing:border-box}body{font:16px/1.5 system-ui,sans-serif;margin:0;padding:12vh 1rem 1rem;background:var(--ground)}"
    "main{max-width:34rem;margin:0 auto;padding:1.5rem;background:var(--card);border:1px solid var(--line);border-radius:8px;"
    "overflow-wrap:anywhere}h1{font-size:1.375rem;line-height:1.3;margin:0 0 .5rem}p{margin:0}p+p{margin-top:.75rem}"
    ".note{padding-left:.75rem;border-left:3px solid var(--accent);white-space:pre-line}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.5rem;margin:1rem 0 0;padding:1rem 0 0;border-top:1px solid "
    "var(--line);font-size:.875rem}dt{color:var(--soft)}dd{margin:0}code{font-size:.9375em}"
    "ul{list-style:none;margin:1rem 0 0;padding:0}li+li{margin-top:.5rem}button{font:inherit;width:100%;text-align:left;padding:.5rem 1rem;"
    "border:1px solid var(--control);border-radius:8px;background:transparent;color:inherit;cursor:pointer;overflow-wrap:anywhere}"
    "button:hover,button:focus-visible{border-color:var(--accent);outline:1px solid var(--accent)}small{display:block;font-size:.875rem;"
    "color:var(--soft)}@media(max-width:30rem){body{padding-top:1rem}main{padding:1rem}dl{display:block}dd+dt{margin-top:.5rem}}";

std::string htmlBody(const Refusal& refusal, const AnswerStyle& style)
{
    std::string body = beginPage(std::to_string(refusal.status) + ' ' + std::string(http::statusText(refusal.status)));
    if (!refusal.note.empty()) {
        body += "<p class=\"note\">";
        appendEscaped(body, refusal.note);
        body += "</p>\n";
    }
    body += "<p>";
    appendEscaped(body, refusal.sentence);
    body += "</p>\n<dl>";
    const auto row = [&body](std::string_view name, std::string_view value, bool isCode = false) {
        if (value.empty())
            return;
        body += "<dt>";
        body += name;
        body += isCode ? "</dt><dd><code>" : "</dt><dd>";
        appendEscaped(body, value);
        body += isCode ? "</code></dd>" : "</dd>";
    };
    row("Reason", refusal.code, true);
    row("Detail", refusal.detail);
    row("Policy", refusal.policyName.empty() ? refusal.policyId : refusal.policyName);
    row("Rule", refusal.rule);
    row("Ray ID", style.rayId, true);
    body += "</dl>";
    body += pageEnd;
    return body;
}

std::string plainBody(const Refusal& refusal, const AnswerStyle& style)
{
    std::string body = std::to_string(refusal.status) + ' ' + std::string(http::statusText(refusal.status)) + '\n';
    if (!refusal.note.empty())
        body += std::string(refusal.note) + '\n';
    if (!style.rayId.empty())
        body += "Ray ID: " + std::string(style.rayId) + '\n';
    return body;
}

// RFC 9110 §12.4.2, in thousandths; what cannot be read counts as 1.
int quality(std::string_view parameters)
{
    while (!parameters.empty()) {
        const std::size_t end = std::min(parameters.find(';'), parameters.size());
        const std::string_view parameter = trimBlanks(parameters.substr(0, end));
        parameters.remove_prefix(std::min(end + 1, parameters.size()));
        if (parameter.size() < 3 || !equalsLower(parameter.substr(0, 2), "q="))
            continue;
        int value = 0;
        int weight = 1000;
        for (const char c : parameter.substr(2)) {
            if (http::characters::isDigit(c) && weight > 0) {
                value += (c - '0') * weight;
                weight /= 10;
            }
        }
        return value;
    }
    return 1000;
}

} // namespace

void appendEscaped(std::string& html, std::string_view text)
{
    for (const char c : text) {
        switch (c) {
        case '&': html += "&amp;"; break;
        case '<': html += "&lt;"; break;
        case '>': html += "&gt;"; break;
        case '"': html += "&quot;"; break;
        case '\'': html += "&#39;"; break;
        default: html += c;
        }
    }
}

std::string beginPage(std::string_view title)
{
    std::string html = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                       "<meta name=\"viewport\" content=\"width=device-width\"><title>";
    appendEscaped(html, title);
    html += "</title><style>";
    html += pageStyle;
    html += "</style></head>\n<body><main><h1>";
    appendEscaped(html, title);
    html += "</h1>\n";
    return html;
}

bool prefersHtml(std::string_view accept)
{
    // The most specific range decides for each (RFC 9110 §12.5.1); exactness 3 is type/subtype.
    struct Best {
        int exactness = 0;
        int quality = 0;
        void offer(int newExactness, int newQuality)
        {
            if (newExactness > exactness) {
                exactness = newExactness;
                quality = newQuality;
            }
        }
    };
    Best html;
    Best json;
    while (!accept.empty()) {
        const std::string_view element = takeElement(accept);
        const std::size_t semicolon = std::min(element.find(';'), element.size());
        const std::string_view range = trimBlanks(element.substr(0, semicolon));
        const int value = quality(element.substr(std::min(semicolon + 1, element.size())));
        if (equalsLower(range, "text/html")) {
            html.offer(3, value);
        } else if (equalsLower(range, "application/json")) {
            json.offer(3, value);
        } else if (equalsLower(range, "text/*")) {
            html.offer(2, value);
        } else if (equalsLower(range, "application/*")) {
            json.offer(2, value);
        } else if (range == "*/*") {
            html.offer(1, value);
            json.offer(1, value);
        }
    }
    return html.exactness > 1 && html.quality > json.quality;
}

void writeRefusal(std::string& out, const Refusal& refusal, const AnswerStyle& style)
{
    out.clear();
    std::string headers = "Cache-Control: no-store\r\n";
    std::string body;
    std::string_view type = "text/plain; charset=utf-8";
    if (style.explain) {
        appendLine(headers, "Latchkey-Reason", refusal.code);
        type = style.html ? "text/html; charset=utf-8" : "application/json";
        body = style.html ? htmlBody(refusal, style) : jsonBody(refusal, style);
    } else {
        body = plainBody(refusal, style);
    }
    if (!refusal.location.empty())
        appendLine(headers, "Location", refusal.location);
    headers += refusal.lines;
    if (refusal.status == 405 && refusal.lines.empty())
        headers += "Allow: GET, HEAD\r\n";
    writeHead(out, refusal.status, type, body.size(), headers, style);
    if (!style.withoutBody)
        out += body;
}

void writeDocument(std::string& out, int status, std::string_view type, std::string_view body, std::string_view headers,
                   const AnswerStyle& style)
{
    out.clear();
    writeHead(out, status, type, body.size(), headers, style);
    if (!style.withoutBody)
        out += body;
}

} // namespace latchkey::edge
