// SPDX-License-Identifier: Apache-2.0

/// Lines with the topics they are for, one behind the other in one buffer.
struct SpoolBatch: Sendable {
  private(set) var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var kinds: [TopicKind] = []

  /// How many lines there are.
  var count: Int { ends.count }

  /// Appends a copy of a line.
  mutating func append(_ line: Span<UInt8>, for kind: TopicKind) {
    bytes.append(copying: line)
    ends.append(bytes.count)
    kinds.append(kind)
  }

  /// Where a line lies in `bytes`.
  func range(of index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

  /// The topic of a line.
  func kind(of index: Int) -> TopicKind { kinds[index] }
}
