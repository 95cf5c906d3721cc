// SPDX-License-Identifier: Apache-2.0

/// The text of one stream of a result while it is being printed: constant in memory, the whole of it on the disk when it is long.
struct LiveText {
  /// A text no longer than this has no file.
  private static let inlineBytes = 64 << 10
  /// What is kept of the end when the rest has no place.
  private static let tailBytes = 64 << 10

  let name: String
  let position: Int
  let isLate: Bool
  let time: Double
  private let directory: String
  private let spoolName: String
  private let mostBytes: Int
  private var model = TerminalText()
  /// Settled and not in the file.
  private var chunk: [UInt8] = []
  private var spool: TextSpool?
  private var digest: String?
  /// Line breaks in the file, in the chunk and in what was left out.
  private var breaks = 0
  private(set) var leftOut = 0

  init(_ name: String, position: Int, isLate: Bool, time: Double, spoolName: String, directory: String, mostBytes: Int) {
    self.name = name
    self.position = position
    self.isLate = isLate
    self.time = time
    self.spoolName = spoolName
    self.directory = directory
    self.mostBytes = mostBytes
  }

  /// Takes what was printed next.
  ///
  /// - Returns: Why the disk took no more, if so.
  mutating func feed(_ text: Span<UInt8>) -> (any Error)? {
    var (start, trouble) = (0, nil as (any Error)?)
    while start < text.count {
      let end = Self.cut(text, near: start + Self.inlineBytes)
      model.feed(text.extracting(start..<end))
      if model.settledBytes >= Self.inlineBytes { trouble = settle() ?? trouble }
      start = end
    }
    return trouble
  }

  /// A place between two characters: a long text goes through the model piece by piece, and is never there twice.
  private static func cut(_ text: Span<UInt8>, near place: Int) -> Int {
    var place = min(place, text.count)
    while place < text.count, text[place] & 0xC0 == 0x80 { place += 1 }
    return place
  }

  /// Moves what can change no more out of the model, and into the file when it is much.
  private mutating func settle() -> (any Error)? {
    let settled = model.takeSettled()
    guard !settled.isEmpty else { return nil }
    for byte in settled where byte == UInt8(ascii: "\n") { breaks += 1 }
    chunk += settled
    guard chunk.count > Self.inlineBytes else { return nil }
    guard (spool?.count ?? 0) + chunk.count <= mostBytes else {
      cutChunk()
      return nil
    }
    return writeChunk()
  }

  private mutating func writeChunk() -> (any Error)? {
    do {
      let spool = try spool ?? TextSpool(name: spoolName, in: directory)
      self.spool = spool
      try spool.append(notice + chunk)
      leftOutInFile = leftOut
      chunk.removeAll(keepingCapacity: true)
      return nil
    } catch {
      if chunk.count > 16 * Self.tailBytes { cutChunk() }
      return error
    }
  }

  /// What of `leftOut` is told of in the file already.
  private var leftOutInFile = 0

  /// Says in the text itself what is missing at this place.
  private var notice: [UInt8] {
    let missing = leftOut - leftOutInFile
    return missing == 0 ? [] : Array("\n[\(missing) bytes left out here]\n".utf8)
  }

  /// Leaves out all but the end, from the beginning of a line on where there is one.
  private mutating func cutChunk() {
    let start = chunk.count - min(chunk.count, Self.tailBytes)
    let line = chunk[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? start
    leftOut += line
    chunk.removeFirst(line)
  }

  /// The text as it is now.
  mutating func record(run: String) -> (OutputRecord, (any Error)?) {
    let trouble = settle()
    let body = notice + chunk + model.rest
    let inFile = spool?.count ?? 0
    let newlines = model.rest.count { $0 == UInt8(ascii: "\n") }
    let record = OutputRecord(
      run: run, position: position, kind: .stream, name: name, body: body,
      live: spool.map { OutputRecord.LiveFile(name: $0.name, settled: $0.count, digest: digest) }, bytes: inFile + body.count,
      lines: breaks + newlines + (body.isEmpty || body.last == UInt8(ascii: "\n") ? 0 : 1), leftOut: leftOut, isLate: isLate, time: time)
    return (record, trouble)
  }

  /// Removes the file: nobody wants the text any more.
  func discard() {
    if let spool { DiskFiles.remove("\(directory)/\(spool.name)") }
  }

  /// The text, to which nothing will be added. What is in a file is all in the file, unless the disk took no more.
  mutating func seal(run: String) -> (OutputRecord, (any Error)?) {
    guard let spool else { return record(run: run) }
    var trouble = settle()
    let rest = notice + chunk + model.rest
    for byte in model.rest where byte == UInt8(ascii: "\n") { breaks += 1 }
    let endsLine = rest.isEmpty || rest.last == UInt8(ascii: "\n")
    var (body, isWhole) = (rest, false)
    do {
      try spool.append(rest)
      (body, isWhole) = ([], true)
      digest = try spool.finish()
    } catch {
      trouble = error
    }
    let record = OutputRecord(
      run: run, position: position, kind: .stream, name: name, body: body,
      live: OutputRecord.LiveFile(name: spool.name, settled: spool.count, digest: isWhole ? digest : nil), bytes: spool.count + body.count,
      lines: breaks + (endsLine ? 0 : 1), leftOut: leftOut, isLate: isLate, time: time)
    return (record, trouble)
  }
}
