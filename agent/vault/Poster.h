// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

#include <functional>
#include <memory>
#include <utility>

namespace latchkey::vault {

/// Runs things from the event loop of the thread it lives on, in order; forgets them when it goes.
class Poster {
public:
    void post(std::move_only_function<void()> work)
    {
        // Qt wants a functor it can copy.
        auto shared = std::make_shared<std::move_only_function<void()>>(std::move(work));
        QMetaObject::invokeMethod(&m_context, [shared] { (*shared)(); }, Qt::QueuedConnection);
    }

private:
    QObject m_context;
};

} // namespace latchkey::vault
