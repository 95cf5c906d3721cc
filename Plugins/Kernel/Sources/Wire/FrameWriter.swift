// SPDX-License-Identifier: Apache-2.0

/// Writes the frames of messages one behind the other. The bytes are read by `FrameReader`, by nobody else and never after a restart.
///
/// Of a message the frames are left out that the one before had in the same place: in a flood all but header and signature.
struct FrameWriter {
  private(set) var bytes: [UInt8] = []
  private var last = WireFrames()

  init(reserving capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  mutating func append(_ frames: WireFrames, on channel: KernelChannel) {
    bytes.append(number: KernelChannel.allCases.firstIndex(of: channel) ?? 0)
    bytes.append(number: frames.count)
    for index in 0..<frames.count {
      if frames.isLike(last, at: index) {
        bytes.append(number: 0)
      } else {
        bytes.append(number: frames.size(of: index) + 1)
        frames.append(index, to: &bytes)
      }
    }
    last = frames
  }
}
