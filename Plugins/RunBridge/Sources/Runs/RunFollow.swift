// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Reads the output of a captured run to its end, piece by piece, as it grows.
struct RunFollow {
  private static let pieceBytes = 64 << 10

  private let files: OutputFiles
  private var offsets: [Int]

  /// - Parameter offsets: Where to begin, for each stream, in bytes.
  init(_ run: Run, from offsets: [Int]) throws {
    guard let directory = run.output, SmallFile.isDirectory(directory), let files = OutputFiles(directory) else {
      throw PluginFailure(
        run.kind == .terminal
          ? "cannot follow the run '\(run.id)': its output goes to its terminal" : "cannot follow the run '\(run.id)': its files are gone",
        code: "no_output", status: .notFound)
    }
    self.files = files
    self.offsets = offsets
  }

  /// Everything that can be read now, as chunks: `stream`, `text`, `next`; `skipped` when its beginning is not kept any more.
  ///
  /// - Parameter isOver: Whether nothing more comes: then an incomplete character is given too.
  mutating func read(isOver: Bool) -> [JSONValue] {
    offsets.indices.compactMap { read($0, isOver) }
  }

  private mutating func read(_ stream: Int, _ isOver: Bool) -> JSONValue? {
    let kept = files.size(stream) - OutputFiles.keptBytes
    let skipped = max(0, kept - offsets[stream])
    offsets[stream] += skipped
    let piece = files.read(stream, at: offsets[stream], most: Self.pieceBytes)
    let whole = piece.count == Self.pieceBytes || !isOver ? Self.wholeCharacters(piece) : piece.count
    guard whole > 0 else { return nil }
    offsets[stream] += whole
    var chunk: [String: JSONValue] = [
      "stream": .string(OutputFiles.streams[stream]), "text": .string(String(decoding: piece[..<whole], as: UTF8.self)),
      "next": .integer(Int64(offsets[stream])),
    ]
    if skipped > 0 { chunk["skipped"] = .integer(Int64(skipped)) }
    return .object(chunk)
  }

  /// How many bytes there are without a character whose rest has not come.
  static func wholeCharacters(_ bytes: [UInt8]) -> Int {
    var start = bytes.count
    for back in 1...3 where bytes.count >= back {
      let byte = bytes[bytes.count - back]
      if byte & 0xC0 == 0x80 { continue }
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      if length > back { start = bytes.count - back }
      break
    }
    return start
  }
}
