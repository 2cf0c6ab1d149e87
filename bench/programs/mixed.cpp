// C++ as programs have it (templates, virtual calls, lambdas, maps of strings, recursion), for as many seconds as the first
// argument says: what bench/record.sh records.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <vector>
#include <algorithm>

#define OUTLINE __attribute__((noinline))

namespace terms {

struct Term {
	virtual ~Term() = default;
	virtual double value(double x) const = 0;
};

struct Constant final : Term {
	double c;
	explicit Constant(double c) : c(c) {}
	OUTLINE double value(double) const override { return c; }
};

template <typename Operation> struct Binary final : Term {
	std::unique_ptr<Term> left, right;
	Binary(std::unique_ptr<Term> l, std::unique_ptr<Term> r) : left(std::move(l)), right(std::move(r)) {}
	OUTLINE double value(double x) const override { return Operation{}(left->value(x), right->value(x + 1)); }
};

OUTLINE std::unique_ptr<Term> build(int depth) {
	if (depth == 0) return std::make_unique<Constant>(depth + 1.5);
	auto left = build(depth - 1);
	auto right = build(depth - 1);
	if (depth % 2) return std::make_unique<Binary<std::plus<double>>>(std::move(left), std::move(right));
	return std::make_unique<Binary<std::multiplies<double>>>(std::move(left), std::move(right));
}

} // namespace terms

namespace texts {

struct ByLength {
	bool operator()(const std::string &a, const std::string &b) const {
		return a.size() != b.size() ? a.size() < b.size() : a < b;
	}
};

using Index = std::map<std::string, std::vector<int>, ByLength>;

OUTLINE std::vector<std::string> make(int count) {
	std::vector<std::string> all;
	for (int i = 0; i < count; i++) all.push_back("text" + std::to_string(i * 7919 % 1009));
	return all;
}

OUTLINE Index index(const std::vector<std::string> &all) {
	Index result;
	for (size_t i = 0; i < all.size(); i++) result[all[i]].push_back(int(i));
	return result;
}

} // namespace texts

OUTLINE double apply(int depth, const std::function<double()> &work) {
	if (depth == 0) return work();
	return apply(depth - 1, work) + 1e-9;
}

OUTLINE double once() {
	double sum = 0;
	auto tree = terms::build(9);
	sum += apply(6, [&] { return tree->value(0.5); });
	auto all = texts::make(400);
	sum += apply(3, [&] { return double(texts::index(all).size()); });
	sum += apply(9, [&] {
		std::sort(all.begin(), all.end(), texts::ByLength());
		return double(all.front().size());
	});
	std::vector<double> numbers(4000);
	std::iota(numbers.begin(), numbers.end(), 1.0);
	sum += apply(12, [&] { return std::accumulate(numbers.begin(), numbers.end(), 0.0, [](double a, double b) { return a + 1 / b; }); });
	return sum;
}

int main(int argc, char **argv) {
	using clock = std::chrono::steady_clock;
	auto end = clock::now() + std::chrono::duration<double>(argc > 1 ? atof(argv[1]) : 1);
	double sum = 0;
	while (clock::now() < end) sum += once();
	printf("%g\n", sum);
}
