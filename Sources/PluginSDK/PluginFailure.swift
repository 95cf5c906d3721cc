// SPDX-License-Identifier: Apache-2.0

/// A failure told to the caller of a command, or received from one.
///
/// Thrown by a command it becomes the error the caller gets. Every other error becomes one with `message` as its description.
public struct PluginFailure: Error, Sendable, Hashable, CustomStringConvertible {
  /// A sentence: what was tried, with which value, what happened, what to do next.
  public var message: String
  /// A short stable name for programs to switch on, such as `run_not_found`.
  public var code: String?
  /// Whether the same call may succeed later.
  public var retryable: Bool
  /// More for programs, as JSON.
  public var data: Payload?
  /// The kind of failure as the boundary knows it.
  public var status: Status

  /// Describes a failure.
  ///
  /// - Parameter data: Written as JSON. A value JSON cannot hold is replaced by the sentence that says so.
  public init(
    _ message: String, code: String? = nil, retryable: Bool = false, data: (any Encodable & Sendable)? = nil, status: Status = .failed
  ) {
    self.message = message
    self.code = code
    self.retryable = retryable
    self.status = status
    self.data = data.map { Self.encoded($0) }
  }

  /// The message.
  public var description: String { message }

  private static func encoded(_ data: some Encodable) -> Payload {
    do {
      return Payload(bytes: try JSONCoding.encode(data, as: "the data of a failure"))
    } catch {
      var text = JSONText()
      text.append(string: "\(error)")
      return Payload(bytes: text.bytes)
    }
  }
}
