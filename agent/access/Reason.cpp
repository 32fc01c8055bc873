// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Reason.h"

namespace latchkey::access {

std::string_view code(Reason reason)
{
    switch (reason) {
    case Reason::allowed: return "allowed";
    case Reason::bypassed: return "bypassed";
    case Reason::missingCredentials: return "missing_credentials";
    case Reason::incompleteCredentials: return "incomplete_credentials";
    case Reason::duplicateCredentials: return "duplicate_credentials";
    case Reason::malformedCredentials: return "malformed_credentials";
    case Reason::unknownClientId: return "unknown_client_id";
    case Reason::wrongSecret: return "wrong_secret";
    case Reason::tokenExpired: return "token_expired";
    case Reason::tokenDisabled: return "token_disabled";
    case Reason::tokenNotActiveYet: return "token_not_active_yet";
    case Reason::previousSecretExpired: return "previous_secret_expired";
    case Reason::noMatchingPolicy: return "no_matching_policy";
    case Reason::matchedAllowNotServiceAuth: return "matched_allow_not_service_auth";
    case Reason::excludedByPolicy: return "excluded_by_policy";
    case Reason::requirementNotMet: return "requirement_not_met";
    case Reason::deniedByPolicy: return "denied_by_policy";
    case Reason::sessionExpired: return "session_expired";
    case Reason::sessionRevoked: return "session_revoked";
    case Reason::wrongAudience: return "wrong_audience";
    case Reason::invalidJwt: return "invalid_jwt";
    case Reason::unknownApplication: return "unknown_application";
    case Reason::ambiguousPath: return "ambiguous_path";
    case Reason::upstreamMissing: return "upstream_missing";
    case Reason::upstreamUnreachable: return "upstream_unreachable";
    case Reason::upstreamTimedOut: return "upstream_timed_out";
    case Reason::upstreamProtocol: return "upstream_protocol";
    }
    return "no_matching_policy";
}

std::string_view explain(Reason reason)
{
    switch (reason) {
    case Reason::allowed: return "A policy let the request in.";
    case Reason::bypassed: return "A Bypass policy let the request in without looking at credentials.";
    case Reason::missingCredentials:
        return "The request carries no service token. Send the headers CF-Access-Client-Id and CF-Access-Client-Secret.";
    case Reason::incompleteCredentials:
        return "Only one of the two headers is there. Send both CF-Access-Client-Id and CF-Access-Client-Secret.";
    case Reason::duplicateCredentials:
        return "A credential header stands more than once. Send CF-Access-Client-Id and CF-Access-Client-Secret exactly once each.";
    case Reason::malformedCredentials:
        return "The credentials do not have the form of a service token. The Client ID is 32 hexadecimal digits and .access; copy both again.";
    case Reason::unknownClientId:
        return "No service token has this Client ID. It may have been deleted, or belong to another account; create a token and use its credentials.";
    case Reason::wrongSecret:
        return "The Client ID is known, but the Client Secret is not its current one. Copy the secret again, or create a new token.";
    case Reason::tokenExpired: return "The service token has expired. Refresh it: the same Client ID and Client Secret then work again.";
    case Reason::tokenDisabled: return "The service token is disabled. Enable it again, or use another one.";
    case Reason::tokenNotActiveYet: return "The service token was created a moment ago and is not active yet. Try again shortly.";
    case Reason::previousSecretExpired:
        return "This Client Secret was replaced by a rotation and its grace period is over. Use the new secret.";
    case Reason::noMatchingPolicy:
        return "No policy of the application lets this in. Add one that does: Service Auth for a service token or certificate, Allow for a person who logs in.";
    case Reason::matchedAllowNotServiceAuth:
        return "The service token matches an Allow policy, which never lets service tokens in. Change the policy's action to Service Auth.";
    case Reason::excludedByPolicy:
        return "A policy includes this request, but one of its Exclude rules takes it out again. Change that rule, or send another token.";
    case Reason::requirementNotMet:
        return "A policy includes this request, but one of its Require rules is not met. Meet it, or take the rule out of the policy.";
    case Reason::deniedByPolicy: return "A Block policy matches this request. Change that policy, or its rules.";
    case Reason::sessionExpired: return "The session is over. Log in again, or send the service token's two headers again.";
    case Reason::sessionRevoked:
        return "The session was ended: by a logout, by revoking the application's sessions, or because its token or person is gone. Start a new one.";
    case Reason::wrongAudience: return "The session belongs to another application. Start one at this application.";
    case Reason::invalidJwt:
        return "The session's JWT is none that this team has issued, or was changed on its way. Log in again, or send the service token's two headers.";
    case Reason::unknownApplication:
        return "No application answers to this address. Check the Host header and path, or use the application's own port.";
    case Reason::ambiguousPath:
        return "The request's path can be read in more than one way (dot segments, double slashes, encoded separators). Send it in its normal form.";
    case Reason::upstreamMissing: return "The application names no upstream service. Set one, such as http://127.0.0.1:3000.";
    case Reason::upstreamUnreachable: return "Access let the request in, but the upstream service does not answer. Is it running at the address the application names?";
    case Reason::upstreamTimedOut: return "Access let the request in, but the upstream service did not answer in time.";
    case Reason::upstreamProtocol: return "Access let the request in, but the upstream service's answer is not valid HTTP.";
    }
    return "";
}

} // namespace latchkey::access
