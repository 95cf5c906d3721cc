// SPDX-License-Identifier: Apache-2.0

/// A command a plugin offers. Its name, schemas and summary stand in plugin.json; here is what it does.
///
/// The body runs in a task of its own on the plugin's threads, many at once. What it returns is the answer; what it throws is the failure
/// the caller gets, see `PluginFailure`.
public struct Command: Sendable {
  enum Body: Sendable {
    case task(@Sendable (Payload, Call) async throws -> Payload, isPrompt: Bool)
    case inline(@Sendable (Span<UInt8>) throws -> [UInt8])
    case onHostThread(@Sendable (Span<UInt8>, Content) throws -> Payload)
  }

  /// The full name, "namespace.verb".
  public let name: String
  let body: Body

  private init(name: String, body: Body) {
    self.name = name
    self.body = body
  }

  /// Answers JSON with JSON.
  public init<Input: Decodable & SendableMetatype, Output: Encodable & SendableMetatype>(
    _ name: String, _ body: @escaping @Sendable (Input, Call) async throws -> Output
  ) {
    self.init(
      name: name,
      body: .task(
        { input, call in
          let input = try JSONCoding.decode(Input.self, from: input, as: "the input of '\(name)'")
          return Payload(bytes: try JSONCoding.encode(try await body(input, call), as: "the output of '\(name)'"))
        }, isPrompt: false))
  }

  /// Answers with JSON, whatever the input.
  public init<Output: Encodable & SendableMetatype>(_ name: String, _ body: @escaping @Sendable (Call) async throws -> Output) {
    self.init(
      name: name,
      body: .task(
        { _, call in
          Payload(bytes: try JSONCoding.encode(try await body(call), as: "the output of '\(name)'"))
        }, isPrompt: false))
  }

  /// Answers bytes with bytes, as they are.
  public static func bytes(
    _ name: String, _ body: @escaping @Sendable (Payload, Call) async throws -> Payload
  ) -> Command {
    Command(name: name, body: .task(body, isPrompt: false))
  }

  /// Answers bytes with bytes, and begins on the thread the call comes with: for a body that first does a little and then waits long, and
  /// whose caller should not wait for a change of threads.
  ///
  /// That thread is the caller's own with `"inline": true` in plugin.json, else the one the host enters the plugin with. At its first wait the
  /// body leaves it and goes on on the plugin's threads; until then it must not block. A child task (`async let`) begins on the plugin's.
  public static func prompt(
    _ name: String, _ body: @escaping @Sendable (Payload, Call) async throws -> Payload
  ) -> Command {
    Command(name: name, body: .task(body, isPrompt: true))
  }

  /// Answers on the caller's thread: for work of microseconds whose caller cannot wait for a thread switch.
  ///
  /// Needs `"inline": true` in plugin.json. The body may run on several threads at once, must not block, and its input is lent.
  /// What it returns is JSON.
  public static func inline(_ name: String, _ body: @escaping @Sendable (Span<UInt8>) throws -> [UInt8]) -> Command {
    Command(name: name, body: .inline(body))
  }

  /// Answers bytes with bytes on the thread the host comes with, for code that must not be entered twice or must stay on its thread.
  ///
  /// Without `"concurrent": true` in plugin.json that is always the same thread: one call after the other, none while the plugin is made or
  /// an event is delivered. A body that blocks holds all of that up. Its input is lent, and it cannot wait for the host.
  public static func onHostThread(
    _ name: String, _ body: @escaping @Sendable (Span<UInt8>, Content) throws -> Payload
  ) -> Command {
    Command(name: name, body: .onHostThread(body))
  }
}
