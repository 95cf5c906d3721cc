// SPDX-License-Identifier: Apache-2.0

/// How many chunks a streaming call may send at the moment.
///
/// The first one shows their size, if those of the call before have not; from then on as many are let go as fit in the room there is, up to the
/// client's credit. Few at first, for what comes now may be larger than what came before. So a client that does not read stops the stream after a
/// known number of bytes, whatever the size of a chunk.
struct StreamFlow {
  /// Chunks under way at most before any has come; one more for each that came.
  private static let first = 8

  /// Chunks under way at most.
  private let window: Int
  /// What the client still allows; the most there is when the door renews the credit by itself.
  private var allowed: UInt64
  private var underWay = 0
  private var came = 0
  /// Bytes of the largest chunk yet.
  private(set) var largest = 0
  private let expected: Int
  private let renews: Bool

  /// - Parameters:
  ///   - credit: 0 leaves it to the client: nothing comes before it grants something.
  ///   - expected: Bytes of the largest chunk of the client's last call of the same command; 0 when it had none.
  init(credit: Int, expected: Int = 0) {
    self.expected = expected
    renews = credit > 0
    window = credit > 0 ? credit : 64
    allowed = credit > 0 ? .max : 0
  }

  /// The client allows more.
  mutating func allow(_ chunks: UInt64) {
    guard !renews else { return }
    let (sum, overflow) = allowed.addingReportingOverflow(chunks)
    allowed = overflow ? .max : sum
  }

  /// A chunk became a line of so many bytes.
  mutating func queued(bytes: Int) {
    largest = max(largest, bytes)
    came += 1
  }

  /// A line is written.
  mutating func written() { underWay = max(0, underWay - 1) }

  /// How many chunks to grant now.
  ///
  /// - Parameter room: Bytes that the chunks under way may take.
  mutating func nextGrant(room: Int) -> UInt64 {
    let size = max(largest, expected)
    let fitting = size == 0 ? 1 : max(1, min(window, room / size, Self.first + came))
    let grant = min(UInt64(max(0, fitting - underWay)), allowed)
    underWay += Int(grant)
    if !renews { allowed -= grant }
    return grant
  }
}
