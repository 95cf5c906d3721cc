// SPDX-License-Identifier: Apache-2.0

/// The body of an answer as it comes, for one reader: `for try await piece in body { … }`. Where it is cut into pieces means nothing.
public struct WebBody: AsyncSequence, Sendable {
  /// Some bytes, at least one.
  public typealias Element = [UInt8]
  /// Why the rest will not come.
  public typealias Failure = WebError

  let stream: AsyncThrowingStream<[UInt8], any Error>
  let attempt: String

  /// Takes one piece after the other.
  public struct AsyncIterator: AsyncIteratorProtocol {
    var pieces: AsyncThrowingStream<[UInt8], any Error>.Iterator
    let attempt: String

    /// Waits for the next piece; nil behind the last one.
    public mutating func next() async throws(WebError) -> [UInt8]? { try await next(isolation: #isolation) }

    /// Waits for the next piece; nil behind the last one.
    public mutating func next(isolation actor: isolated (any Actor)?) async throws(WebError) -> [UInt8]? {
      do {
        if let piece = try await pieces.next(isolation: actor) { return piece }
      } catch {
        throw error as? WebError ?? WebError(.broken, "\(attempt): \(error)")
      }
      // A stream of the library ends without a word when its reader is cancelled.
      guard !Task.isCancelled else { throw WebError(.cancelled, "\(attempt): given up by whoever asked") }
      return nil
    }
  }

  /// Begins to read. Two readers would share the pieces between them.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: stream.makeAsyncIterator(), attempt: attempt) }
}
