#include <numeric>
#include <stdexcept>
#include <vector>

// The arithmetic mean of some numbers.
double mean(const std::vector<double> &numbers) {
    if (numbers.empty()) throw std::invalid_argument("the mean of nothing");
    return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}
