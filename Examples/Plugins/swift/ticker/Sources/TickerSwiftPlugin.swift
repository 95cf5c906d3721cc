// SPDX-License-Identifier: Apache-2.0
import PluginSDK

/// A live stream: ticks as they happen, with credit, progress, cancellation and deadline, on the plugin's own threads.
public struct TickerSwiftPlugin: Plugin {
  /// As in plugin.json.
  public static let id = "ticker-swift"
  /// As in plugin.json.
  public static let version = "0.1.0"

  struct Run: Decodable {
    var count: Int?
    var intervalMs: Int?
    var label: String?
  }

  struct Summary: Encodable { var ticks: Int }
  struct Chunk: Encodable { var tick: Int }

  struct Tick: Encodable {
    var label: String
    var tick: Int
  }

  private let context: PluginContext
  private let ticked: Topic
  private let runs = Runs()

  /// Makes an instance; the host does so at each start.
  public init(_ context: PluginContext) throws {
    self.context = context
    ticked = try context.topic("ticker_swift.ticked")
  }

  /// What it answers: all commands of plugin.json, and no other.
  public var commands: [Command] {
    [
      Command("ticker_swift.run") { (run: Run, call) in try await begin(run, call) },
      Command("ticker_swift.status") { _ in runs.report },
    ]
  }

  /// Ends what would run on. Afterwards the SDK waits for every task.
  public func stop() async { runs.cancelAll() }

  /// Runs in a task that both the caller and `stop` can cancel.
  private func begin(_ run: Run, _ call: Call) async throws -> Summary {
    let count = try Self.number(run.count ?? 5, in: 1...1_000_000, named: "count")
    let interval = try Self.number(run.intervalMs ?? 200, in: 0...60_000, named: "intervalMs")
    let label = run.label ?? "tick"
    guard label.utf8.count <= 63 else { throw PluginFailure("'label' must be text of at most 63 bytes", status: .invalid) }
    let task = Task(executorPreference: context.executor) {
      try await tick(count, .milliseconds(interval), label, call)
    }
    return try await runs.run(task, for: call)
  }

  private func tick(_ count: Int, _ interval: Duration, _ label: String, _ call: Call) async throws -> Summary {
    for number in 1...count {
      if number > 1 { try await Task.sleep(for: interval) }
      try await call.emit(Chunk(tick: number))  // waits while the caller reads slowly, throws when it has gone
      call.progress(Double(number) / Double(count), "\(number) of \(count)")
      // A tick that a full subscriber has no room for is not repeated: the next one comes soon.
      _ = try ticked.tryPublish(bytes: Payload(encoding: Tick(label: label, tick: number)).bytes)
    }
    return Summary(ticks: count)
  }

  private static func number(_ value: Int, in range: ClosedRange<Int>, named name: String) throws -> Int {
    guard range.contains(value) else {
      throw PluginFailure("'\(name)' must be \(range.lowerBound) to \(range.upperBound)", status: .invalid)
    }
    return value
  }
}
