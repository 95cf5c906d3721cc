// SPDX-License-Identifier: Apache-2.0

/// The frames of one message. Those of the next may be put into the same memory, so that a flood of small messages allocates nothing.
struct WireFrames: Sendable {
  /// Where a frame is: among the small ones, or, with `start` below zero, the large one of that number from behind.
  private struct Place {
    var start: Int
    var count: Int
  }

  /// A frame from this size on is large: it has memory of its own, which becomes the message's without a copy.
  static let largeFrame = 1 << 16

  /// One behind the other.
  private var small: [UInt8] = []
  private var large: [[UInt8]] = []
  private var places: [Place] = []

  init() {}

  /// As they came in arrays.
  init(_ frames: [[UInt8]]) {
    for frame in frames { append(frame) }
  }

  var count: Int { places.count }

  mutating func removeAll() {
    small.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    if !large.isEmpty { large = [] }
  }

  mutating func append(_ frame: [UInt8]) {
    guard frame.count >= Self.largeFrame else { return append { $0 += frame } }
    large.append(frame)
    places.append(Place(start: -large.count, count: frame.count))
  }

  mutating func append(_ frame: ArraySlice<UInt8>) {
    if frame.count < Self.largeFrame { append { $0 += frame } } else { append(Array(frame)) }
  }

  /// Adds a small frame, whose bytes are appended to the others.
  mutating func append(_ write: (inout [UInt8]) -> Void) {
    let start = small.count
    write(&small)
    places.append(Place(start: start, count: small.count - start))
  }

  /// Adds a frame of another message.
  mutating func append(_ other: WireFrames, _ index: Int) {
    other.withSlice(index) { append($0) }
  }

  /// Appends the bytes of a frame to others.
  func append(_ index: Int, to bytes: inout [UInt8]) {
    withSlice(index) { bytes += $0 }
  }

  private func withSlice(_ index: Int, _ body: (ArraySlice<UInt8>) -> Void) {
    let place = places[index]
    body(place.start >= 0 ? small[place.start..<place.start + place.count] : large[-place.start - 1][...])
  }

  /// Whether another message has the same small frame in the same place.
  func isLike(_ other: WireFrames, at index: Int) -> Bool {
    guard index < other.count, places[index].count == other.places[index].count, places[index].count < Self.largeFrame else { return false }
    return withFrame(index) { mine in other.withFrame(index) { mine.isEqual(to: $0) } }
  }

  /// How many bytes a frame has.
  func size(of index: Int) -> Int { places[index].count }

  /// Lends the bytes of a frame.
  func withFrame<Result>(_ index: Int, _ body: (Span<UInt8>) throws -> Result) rethrows -> Result {
    let place = places[index]
    if place.start >= 0 { return try body(small.span.extracting(place.start..<place.start + place.count)) }
    let frame = large[-place.start - 1]
    return try body(frame.span)
  }

  /// Lends the bytes of frames that follow each other, in as few pieces as they lie in.
  func withPieces(of range: Range<Int>, _ body: (Span<UInt8>) throws -> Void) rethrows {
    guard large.isEmpty, let first = range.first, let last = range.last else {
      for index in range { try withFrame(index, body) }
      return
    }
    try body(small.span.extracting(places[first].start..<places[last].start + places[last].count))
  }

  /// A frame as an array.
  subscript(index: Int) -> [UInt8] {
    let place = places[index]
    return place.start >= 0 ? Array(small[place.start..<place.start + place.count]) : large[-place.start - 1]
  }

  /// Whether a frame is exactly that.
  func holds(_ bytes: [UInt8], at index: Int) -> Bool {
    guard size(of: index) == bytes.count else { return false }
    return withFrame(index) { $0.isEqual(to: bytes.span) }
  }
}
