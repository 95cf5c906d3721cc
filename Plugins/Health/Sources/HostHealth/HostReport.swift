// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import JSON
internal import PluginSDK

/// How the host is: its plugins, queues, disks, database, ports and calls.
struct HostReport: Sendable {
  let neighbours: Neighbours
  let limits: HostThresholds
  /// By what they are for: data, state.
  let directories: [(name: String, path: String)]

  private static let patience = Duration.seconds(10)

  func answer() async throws -> JSONValue {
    async let ownItems = ask("host", "host.status") { [calls($0)] }
    async let plugins = ask("plugins", "host.plugins") { PluginItems.items($0, limits) }
    async let store = ask("store", "store.status") { [StoreItems.status($0)] }
    async let integrity = integrity()
    async let ports = ask("ports", "trainer.list") { [port($0)] }
    let disks = directories.map(disk)
    let items = await ownItems + plugins + store + integrity + ports + disks
    try Task.checkCancellation()
    let worst = items.map(\.judgement.verdict).max() ?? .ok
    return [
      "verdict": .string(worst.rawValue), "sentence": .string(Self.sentence(items)), "items": .array(items.map(\.description)),
      "ts": .number(unixTime()),
    ]
  }

  private static func sentence(_ items: [HostItem]) -> String {
    let wrong = items.filter { $0.judgement.verdict != .ok }
    guard let worst = wrong.max(by: { $0.judgement.verdict < $1.judgement.verdict }) else { return "All is well with the host." }
    guard wrong.count > 1 else { return worst.judgement.sentence }
    return "\(wrong.count) of \(items.count) items need a look; the worst: \(worst.judgement.sentence)"
  }

  /// Looks at the database as long as somebody may wait for it; a large one takes longer.
  private func integrity() async -> [HostItem] {
    do {
      return [StoreItems.integrity(try await neighbours.call("store.verify", timeout: Self.patience * 2))]
    } catch let failure as PluginFailure where failure.status == .deadline {
      let sentence =
        "Not looked at: the integrity check takes longer than \(Self.patience.components.seconds * 2) seconds; 'store.verify' does it in its time."
      return [HostItem(item: "database", judgement: Judgement(.warning, sentence))]
    } catch {
      return [HostItem.unknown("database", "store.verify", error)]
    }
  }

  private func ask(
    _ item: String, _ command: String, _ input: JSONValue = [:], _ judge: (JSONValue) -> [HostItem]
  ) async -> [HostItem] {
    do {
      return judge(try await neighbours.call(command, input, timeout: Self.patience))
    } catch {
      return [HostItem.unknown(item, command, error)]
    }
  }

  private func calls(_ status: JSONValue) -> HostItem {
    let open = status["openCalls"]?.intValue ?? 0
    var item = HostItem(item: "calls", judgement: Judgement(.ok, "\(counted(open, "call")) \(open == 1 ? "waits" : "wait") for an answer."))
    for name in ["version", "state", "uptimeSeconds", "residentBytes", "openCalls"] { item.fields[name] = status[name] }
    if open > limits.openCalls { item.judgement.verdict = .warning }
    return item
  }

  private func port(_ list: JSONValue) -> HostItem {
    var item = HostItem(item: "ports", judgement: Judgement(.error, "The door for trainers does not tell where it listens."))
    guard let host = list["host"]?.stringValue, let port = list["port"]?.intValue else { return item }
    let connected = (list["sessions"]?.arrayValue ?? []).filter { $0["connected"] == true }.count
    item.judgement = Judgement(
      .ok, "Trainers connect to \(host.shown):\(port); \(counted(connected, "session")) \(connected == 1 ? "is" : "are") connected.")
    item.fields = ["host": .string(host), "port": .integer(Int64(port)), "sessions": .integer(Int64(connected))]
    return item
  }

  private func disk(_ name: String, _ path: String) -> HostItem {
    guard let space = DiskSpace.of(path) else {
      return HostItem(
        item: "disk \(name)",
        judgement: Judgement(.error, "The room in '\(path)' is not known: the system refused to tell (error \(errno))."))
    }
    let verdict: Verdict = space.freeBytes < limits.diskFailedBytes ? .failed : space.freeBytes < limits.diskWarningBytes ? .warning : .ok
    let cure = verdict == .ok ? "" : "; make room, or recording stops"
    return HostItem(
      item: "disk \(name)",
      judgement: Judgement(verdict, "\((Double(space.freeBytes) / 1_073_741_824).shown) GiB are free for '\(path)'\(cure)."),
      fields: ["path": .string(path), "freeBytes": .integer(space.freeBytes), "totalBytes": .integer(space.totalBytes)])
  }
}
