// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Awaiter.h"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <cstddef>
#include <new>

namespace latchkey::http {

// With the executor's type known nothing on the way is type-erased.
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;
using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

struct IoResult {
    enum class Status : std::uint8_t {
        done,       ///< `bytes` were moved.
        wouldBlock, ///< Nothing now: arm the direction and wait.
        closed,     ///< The peer has ended its side (receive only).
        failed,     ///< The connection is broken.
    };
    Status status = Status::wouldBlock;
    std::size_t bytes = 0;
};

/// A TCP connection that is never waited for inside a call: bytes are moved inline as long as the kernel takes or has
/// them; for what would block a direction is armed, and its waker is woken once it may go on. Belongs to one event loop
/// and its thread. Must not be destroyed while isBusy(): close() it and wait to be woken.
///
/// Whether a socket is readable or writable is remembered, so that a connection that is known to be empty costs no system call.
class Stream {
public:
    explicit Stream(boost::asio::io_context& io);
    explicit Stream(Socket connected); ///< Expected to have something to read, as one that was just accepted has.
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
    ~Stream() = default;

    /// Who is told from now on. nullptr: nobody.
    void setWaker(Waker* waker) { m_waker = waker; }

    [[nodiscard]] IoResult receive(char* into, std::size_t size);
    [[nodiscard]] IoResult send(const char* bytes, std::size_t size);

    /// Wakes the waker when there is something to read (or the end, or an error). At most one wake a call.
    void armRead();
    void armWrite();
    /// Whether it is worth to call receive(). False does not say that nothing is there unless armRead() was called.
    [[nodiscard]] bool mayRead() const { return m_readable; }
    /// Asks the kernel: whether nothing can be read and the peer has not gone. For a connection that should be idle.
    [[nodiscard]] bool isQuiet();

    /// Starts to connect; wakes the waker at the end, when connectError() says how it went.
    void connect(const boost::asio::ip::tcp::endpoint& endpoint);
    [[nodiscard]] const boost::system::error_code& connectError() const { return m_connectError; }
    [[nodiscard]] bool isConnecting() const { return m_connecting; }

    void endSending(); ///< Half-close: the peer reads the end.
    void keepAlive();  ///< Lets the kernel find out about a dead peer of a connection that may be silent for long.
    void close();
    void abort();      ///< Closes with a reset, so that the peer knows that what it got is not whole.
    [[nodiscard]] bool isOpen() const { return m_socket.is_open(); }
    [[nodiscard]] bool isBusy() const { return m_readArmed || m_writeArmed || m_connecting; }

private:
    // Where Asio keeps the operation of one direction, so that waiting allocates nothing.
    class Memory {
    public:
        void* allocate(std::size_t size)
        {
            if (m_used || size > m_bytes.size())
                return ::operator new(size);
            m_used = true;
            return m_bytes.data();
        }
        void deallocate(void* pointer)
        {
            if (pointer == m_bytes.data())
                m_used = false;
            else
                ::operator delete(pointer);
        }

    private:
        alignas(std::max_align_t) std::array<std::byte, 160> m_bytes;
        bool m_used = false;
    };

    template <typename T>
    struct Allocator {
        using value_type = T;
        explicit Allocator(Memory& owner) noexcept : memory(&owner) { }
        template <typename Other>
        Allocator(const Allocator<Other>& other) noexcept : memory(other.memory)
        {
        }
        T* allocate(std::size_t count) { return static_cast<T*>(memory->allocate(count * sizeof(T))); }
        void deallocate(T* pointer, std::size_t) { memory->deallocate(pointer); }
        bool operator==(const Allocator& other) const { return memory == other.memory; }
        Memory* memory;
    };

    using Finish = void (Stream::*)(const boost::system::error_code&);

    struct Handler {
        using allocator_type = Allocator<void*>;
        [[nodiscard]] allocator_type get_allocator() const noexcept { return allocator_type(*memory); }
        void operator()(const boost::system::error_code& error) const { (stream->*finish)(error); }
        Stream* stream;
        Memory* memory;
        Finish finish;
    };

    void prepare();
    void becameReadable(const boost::system::error_code& error);
    void becameWritable(const boost::system::error_code& error);
    void connected(const boost::system::error_code& error);
    [[nodiscard]] bool connectedToItself() const;
    void tellWaker();

    Socket m_socket;
    Waker* m_waker = nullptr;
    bool m_readable = false;
    bool m_writable = false;
    bool m_readArmed = false;
    bool m_writeArmed = false;
    bool m_connecting = false;
    boost::system::error_code m_connectError;
    Memory m_readMemory;
    Memory m_writeMemory;
};

} // namespace latchkey::http
