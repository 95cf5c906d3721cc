// SPDX-License-Identifier: Apache-2.0

/// Reads messages back that `FrameWriter` wrote.
struct FrameReader {
  private let bytes: [UInt8]
  private var index = 0
  /// The message that was read last.
  private(set) var frames = WireFrames()
  private var last = WireFrames()

  /// Reads these.
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { index == bytes.count }

  /// Reads the next message into `frames`.
  ///
  /// - Returns: Its channel; nil at the end.
  mutating func next() -> KernelChannel? {
    guard !isAtEnd else { return nil }
    // Into the memory of the one before the last.
    swap(&frames, &last)
    frames.removeAll()
    let channel = KernelChannel.allCases[bytes.number(at: &index)]
    for place in 0..<bytes.number(at: &index) { readFrame(place) }
    return channel
  }

  private mutating func readFrame(_ place: Int) {
    let size = bytes.number(at: &index) - 1
    guard size >= 0 else { return frames.append(last, place) }
    frames.append(bytes[index..<index + size])
    index += size
  }
}
