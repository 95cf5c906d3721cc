// SPDX-License-Identifier: Apache-2.0

/// The way of a body's pieces from the loop's thread to their reader. Does not hold the body: who lets go of that must be noticed.
struct WebPieces: Sendable {
  private let sink: AsyncThrowingStream<[UInt8], any Error>.Continuation

  static func make(attempt: String) -> (body: WebBody, pieces: WebPieces) {
    let (stream, sink) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
    return (WebBody(stream: stream, attempt: attempt), WebPieces(sink: sink))
  }

  func put(_ piece: [UInt8]) { sink.yield(piece) }

  /// - Parameter error: Nil: the body is whole.
  func end(_ error: WebError? = nil) { sink.finish(throwing: error) }

  /// Calls when the reader was cancelled or let go of the body before its end.
  func whenAbandoned(_ body: @escaping @Sendable () -> Void) {
    sink.onTermination = { end in
      if case .cancelled = end { body() }
    }
  }
}
