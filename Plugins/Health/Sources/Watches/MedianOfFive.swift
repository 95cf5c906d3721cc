// SPDX-License-Identifier: Apache-2.0

/// The median of the last five values: one or two wild ones among them do not show.
struct MedianOfFive: Sendable {
  private var values: [Double] = []
  private var next = 0

  mutating func add(_ value: Double) -> Double {
    if values.count < 5 { values.append(value) } else { values[next] = value }
    next = (next + 1) % 5
    return values.sorted()[values.count / 2]
  }
}
