// SPDX-License-Identifier: Apache-2.0

/// How far a captured run's output was published, and the number of its last event. Kept in a file beside it.
struct OutputPosition: Sendable, Hashable {
  /// Of each stream.
  var offsets = [0, 0]
  var sequence: Int64 = 0
  /// Whether its end was published too: there is nothing left to do.
  var isDone = false

  private static let name = "/position"

  init() {}

  /// Reads it; the beginning when there is none.
  init(in directory: String) {
    let words = SmallFile.read(directory + Self.name).split(separator: " ")
    let numbers = words.prefix(3).compactMap { Int64($0) }
    guard numbers.count == 3, numbers.allSatisfy({ $0 >= 0 }) else { return }
    offsets = [Int(numbers[0]), Int(numbers[1])]
    sequence = numbers[2]
    isDone = words.count > 3
  }

  func write(in directory: String) -> Bool {
    SmallFile.write("\(offsets[0]) \(offsets[1]) \(sequence)\(isDone ? " done" : "")", to: directory + Self.name)
  }
}
