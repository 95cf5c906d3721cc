// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import PluginSDK

/// The value and everything that goes with a change of it, one change at a time.
actor Counter {
  struct Value: Encodable { var value: Int }

  struct Tick: Codable {
    var label: String
    var tick: Int
  }

  struct Report: Encodable {
    var heard: Tick?
    var step: Int
    var value: Int
  }

  private static let most = 1_000_000_000

  private let context: PluginContext
  private let changed: Topic
  private let path: String
  private var step: Int
  private var value = 0
  private var heard: Tick?

  init(_ context: PluginContext, step: Int) throws {
    self.context = context
    self.step = step
    changed = try context.topic("counter_swift.changed")
    path = try context.directory(.state) + "/counter-swift"
  }

  var report: Report { Report(heard: heard, step: step, value: value) }

  func setStep(_ step: Int) { self.step = step }

  func hear(_ event: PluginEvent) { heard = try? event.decode() }

  func add(_ amount: Int?) throws -> Value {
    let (sum, isTooLarge) = value.addingReportingOverflow(amount ?? step)
    guard !isTooLarge, abs(sum) <= Self.most else {
      throw PluginFailure("the counter ends at \(Self.most); reset it first", status: .invalid)
    }
    return try change(to: sum)
  }

  func reset() throws -> Value { try change(to: 0) }

  private func change(to value: Int) throws -> Value {
    self.value = value
    keep()
    try publish()
    return Value(value: value)
  }

  /// Never waits: when a subscriber is full we come here again as soon as it has room, and the newest value is what counts.
  private func publish() throws {
    guard try !changed.tryPublish(bytes: Payload(encoding: Value(value: value)).bytes) else { return }
    changed.onReady { [self] in context.run { try? await self.publish() } }
  }

  private func keep() {
    do {
      try Data("\(value)\n".utf8).write(to: URL(filePath: path), options: .atomic)
      context.report(.ok, "the value is kept")
    } catch {
      warn("the value is not kept over a restart, because its file cannot be written: \(error)")
    }
  }

  func restore() {
    guard FileManager.default.fileExists(atPath: path) else { return }
    do {
      let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
      if let kept = Int(text.prefix { $0 != "\n" }) { value = kept } else { warn("counting from 0, because '\(path)' holds no number") }
    } catch {
      warn("counting from 0, because the kept value cannot be read: \(error)")
    }
  }

  private func warn(_ message: String) {
    context.report(.warning, message)
    context.log.warning(message)
  }
}
