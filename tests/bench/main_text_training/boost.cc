#include "tests/bench/main_text_training/boost.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace crawld::training {
namespace {

constexpr int kBins = 32;

struct Binned {
  std::vector<std::vector<float>> cuts;         // by column: upper edges
  std::vector<std::vector<std::uint8_t>> bins;  // by column, one a row
};

Binned bin(const Rows& rows) {
  Binned out;
  out.cuts.resize(rows.columns);
  out.bins.resize(rows.columns);
  const auto count = rows.row.size();
  for (std::size_t c = 0; c < rows.columns; ++c) {
    std::vector<float> sorted(count);
    for (std::size_t r = 0; r < count; ++r) sorted[r] = rows.row[r][c];
    std::sort(sorted.begin(), sorted.end());
    std::vector<float> distinct = sorted;
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    auto& cuts = out.cuts[c];
    if (distinct.size() <= kBins) {
      for (std::size_t i = 0; i + 1 < distinct.size(); ++i) {
        cuts.push_back((distinct[i] + distinct[i + 1]) / 2);
      }
    } else {
      for (int b = 1; b < kBins; ++b) {
        const float cut = sorted[count * static_cast<std::size_t>(b) / kBins];
        if (cuts.empty() || cut > cuts.back()) cuts.push_back(cut);
      }
    }
    out.bins[c].resize(count);
    for (std::size_t r = 0; r < count; ++r) {
      out.bins[c][r] = static_cast<std::uint8_t>(
          std::lower_bound(cuts.begin(), cuts.end(), rows.row[r][c]) - cuts.begin());
    }
  }
  return out;
}

struct Sums {
  double gradient = 0, curvature = 0;
};

double gain(const Sums& s, double ridge) { return s.gradient * s.gradient / (s.curvature + ridge); }

}  // namespace

std::vector<parsers::ObliviousTree> boost(const Rows& rows, const BoostOptions& options) {
  const auto binned = bin(rows);
  const auto count = rows.row.size();
  std::vector<double> logit(count);
  std::vector<float> gradient(count), curvature(count);
  std::vector<std::uint8_t> leaf(count);
  std::vector<parsers::ObliviousTree> trees;
  std::mt19937 random(options.seed);
  for (int t = 0; t < options.trees; ++t) {
    for (std::size_t r = 0; r < count; ++r) {
      const double p = 1 / (1 + std::exp(-logit[r]));
      gradient[r] = static_cast<float>(rows.weight[r] * (rows.label[r] - p));
      curvature[r] = static_cast<float>(rows.weight[r] * p * (1 - p));
    }
    // Each tree sees some of the pages.
    std::vector<char> seen(rows.pages);
    for (auto& s : seen) s = std::uniform_real_distribution<>(0, 1)(random) < options.page_share;
    for (std::size_t r = 0; r < count; ++r) {
      if (!seen[rows.page[r]]) gradient[r] = curvature[r] = 0;
    }
    std::vector<std::size_t> columns(rows.columns);
    for (std::size_t c = 0; c < rows.columns; ++c) columns[c] = c;
    std::shuffle(columns.begin(), columns.end(), random);
    columns.resize(
        static_cast<std::size_t>(static_cast<double>(rows.columns) * options.column_share));
    std::fill(leaf.begin(), leaf.end(), 0);
    parsers::ObliviousTree tree{};
    for (std::size_t level = 0; level < parsers::kTreeDepth; ++level) {
      const std::size_t leaves = 1U << level;
      double best = -1;
      std::size_t best_column = 0;
      int best_cut = 0;
      for (const auto c : columns) {
        const auto& cuts = binned.cuts[c];
        if (cuts.empty()) continue;
        std::array<Sums, 8 * kBins> sums{};
        const auto* bins = binned.bins[c].data();
        for (std::size_t r = 0; r < count; ++r) {
          auto& s = sums[leaf[r] * kBins + bins[r]];
          s.gradient += gradient[r];
          s.curvature += curvature[r];
        }
        std::array<Sums, 8> whole{}, low{};
        for (std::size_t l = 0; l < leaves; ++l) {
          for (int b = 0; b < kBins; ++b) {
            whole[l].gradient += sums[l * kBins + b].gradient;
            whole[l].curvature += sums[l * kBins + b].curvature;
          }
        }
        for (std::size_t cut = 0; cut < cuts.size(); ++cut) {
          double value = 0, below = 0, above = 0;
          for (std::size_t l = 0; l < leaves; ++l) {
            low[l].gradient += sums[l * kBins + cut].gradient;
            low[l].curvature += sums[l * kBins + cut].curvature;
            const Sums high{whole[l].gradient - low[l].gradient,
                            whole[l].curvature - low[l].curvature};
            value += gain(low[l], options.ridge) + gain(high, options.ridge);
            below += low[l].curvature;
            above += high.curvature;
          }
          if (std::min(below, above) < options.min_weight * 0.1) continue;
          if (value > best) {
            best = value;
            best_column = c;
            best_cut = static_cast<int>(cut);
          }
        }
      }
      tree.column[level] = static_cast<std::uint16_t>(best_column);
      tree.threshold[level] =
          binned.cuts[best_column].empty() ? 0 : binned.cuts[best_column][best_cut];
      const auto* bins = binned.bins[best_column].data();
      for (std::size_t r = 0; r < count; ++r) {
        leaf[r] = static_cast<std::uint8_t>(leaf[r] | (bins[r] > best_cut ? 1U << level : 0U));
      }
    }
    std::array<Sums, 1U << parsers::kTreeDepth> sums{};
    for (std::size_t r = 0; r < count; ++r) {
      sums[leaf[r]].gradient += gradient[r];
      sums[leaf[r]].curvature += curvature[r];
    }
    for (std::size_t l = 0; l < sums.size(); ++l) {
      tree.leaf[l] =
          static_cast<float>(options.rate * sums[l].gradient / (sums[l].curvature + options.ridge));
    }
    for (std::size_t r = 0; r < count; ++r) logit[r] += tree.leaf[leaf[r]];
    trees.push_back(tree);
  }
  return trees;
}

}  // namespace crawld::training
