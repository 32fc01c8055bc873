// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "FindApplication.h"

#include "Router.h"

#include "agent/http/Target.h"

namespace latchkey::edge {

Result<std::shared_ptr<const access::CompiledApplication>> findApplication(const Snapshot& snapshot, std::string_view host,
                                                                           std::string_view path)
{
    const auto target = http::Target::split(path);
    if (!target)
        return fail(ErrorCode::invalidArgument, "The edge refuses this path: " + std::string(http::describe(target.error())));
    const Router router(snapshot, nullptr, {});
    const auto match = router.byHostAndPath(host, target->path);
    if (match.ambiguous)
        return fail(ErrorCode::invalidArgument, "With and without its parameters (;) the path belongs to different applications.");
    if (match.route == nullptr)
        return nullptr;
    return match.route->application;
}

} // namespace latchkey::edge
