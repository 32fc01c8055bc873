// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace latchkey::http {

/// A file descriptor held in reserve: when the process has no other left, it is given up for a moment so that a waiting
/// connection can be accepted and closed. Does nothing where sockets are no file descriptors.
class SpareDescriptor {
public:
    SpareDescriptor() { acquire(); }
    ~SpareDescriptor() { release(); }
    SpareDescriptor(const SpareDescriptor&) = delete;
    SpareDescriptor& operator=(const SpareDescriptor&) = delete;

    void acquire();
    void release();

private:
    int m_descriptor = -1;
};

/// Lets this process have as many file descriptors as the system allows it to ask for.
void raiseDescriptorLimit();

} // namespace latchkey::http
