// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0

// Runs a fuzz target without a fuzzer: over each seed of a folder, then over mutations that are the same each time.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int mutations = 30'000;

using Generator = std::mt19937;

void run(const std::string& bytes)
{
    // A copy of just the size, so that the address sanitizer sees a read beyond it.
    const std::vector<std::uint8_t> exact(bytes.begin(), bytes.end());
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

std::size_t below(Generator& generator, std::size_t limit) { return limit == 0 ? 0 : generator() % limit; }

std::string mutate(std::string bytes, const std::vector<std::string>& seeds, Generator& generator)
{
    static constexpr std::string_view interesting[] = {
        "\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", ":", ",", ";", "=", "\"", "\\", "0", "f", "chunked", "Content-Length: 1\r\n",
        "Transfer-Encoding: chunked\r\n", "Host: h\r\n", "Connection: x\r\n", "HTTP/1.0", "http://h/", "*", "#", "\x7f", "\xff",
        std::string_view("\0", 1),
    };
    const std::size_t count = 1 + below(generator, 4);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t at = below(generator, bytes.size() + 1);
        switch (below(generator, 6)) {
        case 0:
            if (at < bytes.size())
                bytes[at] = static_cast<char>(generator() & 0xffU);
            break;
        case 1:
            bytes.insert(at, interesting[below(generator, std::size(interesting))]);
            break;
        case 2:
            bytes.erase(at, 1 + below(generator, 8));
            break;
        case 3:
            bytes.insert(at, std::string(bytes.substr(at, below(generator, 40))));
            break;
        case 4: {
            const std::string& other = seeds[below(generator, seeds.size())];
            bytes.replace(at, bytes.size() - at, other.substr(below(generator, other.size() + 1)));
            break;
        }
        default:
            if (at < bytes.size())
                bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(generator, 8)));
            break;
        }
    }
    return bytes;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s <folder with seeds>\n", argv[0]);
        return 2;
    }
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
        if (entry.is_regular_file())
            files.push_back(entry.path());
    }
    std::ranges::sort(files); // the same order on every machine
    std::vector<std::string> seeds;
    for (const auto& file : files) {
        std::ifstream in(file, std::ios::binary);
        seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    if (seeds.empty()) {
        std::fprintf(stderr, "no seeds in %s\n", argv[1]);
        return 1;
    }
    for (const std::string& seed : seeds)
        run(seed);
    Generator generator(20261124);
    for (int i = 0; i < mutations; ++i)
        run(mutate(seeds[below(generator, seeds.size())], seeds, generator));
    std::printf("%zu seeds and %d mutations held\n", seeds.size(), mutations);
    return 0;
}
