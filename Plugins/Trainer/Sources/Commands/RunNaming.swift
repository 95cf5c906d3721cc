// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Finds names for new runs that nobody has used.
struct RunNaming: Sendable {
  let service: TrainerService

  static let unrecorded = "nobody keeps records of runs: names and checkpoints are only known as far as they were seen since the start"

  /// Makes the next name of a kind.
  func next(_ prefix: String, _ warnings: inout [String]) async throws -> String {
    let recorded = try await service.ledger.names()
    if recorded == nil { warnings.add(Self.unrecorded) }
    return service.names.next(prefix, recorded: recorded?.counters[prefix] ?? 0, live: live)
  }

  /// Reserves a name that a person chose.
  ///
  /// - Throws: When nothing of it is left, or another run has it.
  func reserve(_ chosen: String, _ warnings: inout [String]) async throws -> String {
    guard let name = NameBook.clean(chosen) else {
      throw PluginFailure(
        "cannot name a run '\(chosen.prefix(100))': no letter or digit of ASCII is in it, and the trainer keeps only those and '._-'",
        code: "bad_name", status: .invalid)
    }
    let recorded = try await service.ledger.names([name])
    if recorded == nil { warnings.add(Self.unrecorded) }
    if name != chosen { warnings.add("the trainer keeps only letters, digits and '._-' in names: the run is called '\(name)'") }
    guard recorded?.taken.contains(name) != true, !live.contains(name), service.names.reserve(name) else {
      throw PluginFailure(
        "cannot name a run '\(name)': another run is called so, and the trainer would write over its files; choose another name, or leave it "
          + "out", code: "name_taken", status: .invalid)
    }
    return name
  }

  /// Does what needs the name; gives it back when the trainer refuses for certain.
  func keeping<Answer: Sendable>(_ name: String?, _ body: () async throws -> Answer) async throws -> Answer {
    do {
      return try await body()
    } catch {
      let isCertain = (error as? PluginFailure)?.code == "trainer_refused"
      if isCertain, let name { service.names.release(name) }
      throw error
    }
  }

  /// The counters as a trainer is told them.
  func seeds() async throws -> (fork: Int, merge: Int, isRecorded: Bool) {
    let recorded = try await service.ledger.names()
    func counter(_ prefix: String) -> Int { service.names.counter(prefix, recorded: recorded?.counters[prefix] ?? 0) }
    return (counter("fork"), counter("merge"), recorded != nil)
  }

  private var live: Set<String> { Set(service.sessions.sessions.flatMap { [$0.runID, $0.runName].compactMap(\.self) }) }
}
