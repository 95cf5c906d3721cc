// SPDX-License-Identifier: Apache-2.0

/// What a plugin instance may use: its configuration, log, files, topics, other plugins' commands.
///
/// Usable from any task or thread until the plugin has stopped; later every use fails with status `.gone` or does nothing.
public struct PluginContext: Sendable {
  let runtime: PluginRuntime

  /// Lines into the host's log.
  public var log: PluginLog { PluginLog(connection: runtime.connection) }

  /// The configuration as it is now.
  public var configuration: Configuration { runtime.configuration }

  /// Reads the configuration as it is now: validated against the manifest's schema, defaults filled in.
  public func configuration<T: Decodable>(_ type: T.Type = T.self) throws -> T { try configuration.decode(type) }

  /// Gives an existing directory, absolute, without a trailing slash.
  public func directory(_ kind: DirectoryKind) throws -> String {
    let (status, path) = runtime.connection.directory(kind)
    guard status.isFailure else { return path }
    throw PluginFailure("cannot find the \(kind) directory: the host answered '\(status)'", status: status)
  }

  /// Says how the plugin is; replaces what was said before.
  ///
  /// - Parameter message: One sentence; may be empty for `.ok`.
  public func report(_ health: Health, _ message: String = "") {
    runtime.connection.report(health, message.prefix(utf8Bytes: 4 << 10))
  }

  /// Opens a topic for publishing. `publishes` in plugin.json must name it.
  public func topic(_ name: String) throws -> Topic { Topic(channel: try runtime.topic(name)) }

  /// Asks for the events of a subscription again after a handler said `.later`.
  public func resume(_ topic: String) { runtime.resume(topic) }

  /// Begins a task on the plugin's threads, owned by the instance: cancelled after `stop()`, and waited for.
  ///
  /// Does nothing once the plugin has stopped.
  public func run(_ body: @escaping @Sendable () async -> Void) { runtime.tasks.start(.background, body) }

  /// The threads a plugin's tasks run on, for tasks a plugin owns itself: `Task(executorPreference: context.executor) { … }`.
  public var executor: any TaskExecutor { runtime.executor }
}

// MARK: - Calls to other plugins

extension PluginContext {
  /// Runs a command of another plugin, JSON both ways.
  ///
  /// Cancelling the task cancels the call.
  /// - Parameters:
  ///   - timeout: From now; `nil` leaves the command's own default. Never later than the parent's deadline.
  ///   - parent: The call on whose behalf this is done; by default the one this task answers.
  /// - Throws: `PluginFailure` as the command failed, `CancellationError` when this task was cancelled.
  public func call<Input: Encodable & Sendable, Output: Decodable & Sendable>(
    _ command: String, _ input: Input, returning: Output.Type = Output.self, timeout: Duration? = nil, parent: Call? = nil
  ) async throws -> Output {
    let bytes = try JSONCoding.encode(input, as: "the input of '\(command)'")
    let answer = try await call(command, bytes: bytes, timeout: timeout, parent: parent)
    return try JSONCoding.decode(Output.self, from: answer, as: "the answer of '\(command)'")
  }

  /// Runs a command of another plugin, bytes both ways, with its chunks and its progress.
  ///
  /// - Parameters:
  ///   - onChunk: Called for each chunk, in order; the other side goes on as fast as this does. Throwing gives the call up.
  ///   - onProgress: A fraction of 0 to 1 and a note.
  public func call(
    _ command: String, bytes: [UInt8], content: Content = .json, timeout: Duration? = nil, parent: Call? = nil,
    onChunk: (@Sendable (Payload) async throws -> Void)? = nil, onProgress: (@Sendable (Double, String) -> Void)? = nil
  ) async throws -> Payload {
    try await runtime.outgoing.call(
      OutgoingCalls.Request(
        command: command, input: Payload(bytes: bytes, content: content), timeout: timeout, parent: (parent ?? Call.current)?.id ?? 0,
        onChunk: onChunk, onProgress: onProgress))
  }
}
