// SPDX-License-Identifier: Apache-2.0

/// The two files of one process's output, and how far they are read.
struct TrainTail {
  static let streams = ["stdout", "stderr"]
  private static let pieceBytes = 64 << 10

  private var files: [OutputFile]
  private var cutters = [LogCutter(), LogCutter()]
  private var offsets: [Int]

  init?(directory: String, offsets: [Int]) {
    var files: [OutputFile] = []
    for stream in Self.streams {
      guard let file = OutputFile(directory + "/" + stream) else {
        for file in files { file.close() }
        return nil
      }
      files.append(file)
    }
    self.files = files
    self.offsets = offsets
  }

  func close() { for file in files { file.close() } }

  /// How far whole lines were handed out, for each stream.
  var handedOut: [Int] { zip(offsets, cutters).map { $0 - $1.pendingBytes } }

  /// Reads a piece of each stream.
  ///
  /// - Returns: Whether there may be more.
  mutating func readSome(_ buffer: inout [UInt8], _ body: (_ stream: Int, String) -> Void) -> Bool {
    var hasMore = false
    for stream in files.indices {
      let bytes = files[stream].read(at: offsets[stream], into: &buffer)
      guard !bytes.isEmpty else { continue }
      offsets[stream] += bytes.count
      cutters[stream].feed(bytes) { body(stream, $0) }
      files[stream].release(before: handedOut[stream])
      hasMore = true
    }
    return hasMore
  }

  /// Hands out lines without an end.
  mutating func finish(_ body: (_ stream: Int, String) -> Void) {
    for stream in cutters.indices { cutters[stream].finish { body(stream, $0) } }
  }
}
