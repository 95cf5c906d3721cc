// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Host

@Suite struct CrashLedgerTests {
  private static func at(_ seconds: Double, boot: String = "one", shift: Double = 0) -> CrashInstant {
    CrashInstant(unixSeconds: 1_800_000_000 + seconds + shift, monotonicSeconds: 1_000 + seconds, boot: boot)
  }

  private static let held =
    "plugin 'a' crashed 3 times within 5 minutes and is held back; put mended files in its place, or try the same ones again with "
    + "'jackfield plugins enable a'"

  @Test func thirdCrashWithinFiveMinutesQuarantines() throws {
    let folder = try TemporaryFolder()
    let ledger = CrashLedger(directory: folder.path)
    #expect(ledger.record("a", fingerprint: "f", at: Self.at(0)) == .restart(afterMilliseconds: 100))
    #expect(ledger.record("a", fingerprint: "f", at: Self.at(100)) == .restart(afterMilliseconds: 1_000))
    #expect(ledger.quarantine(of: "a", fingerprint: "f") == nil)
    #expect(ledger.record("a", fingerprint: "f", at: Self.at(300)) == .quarantine(Self.held))
    #expect(ledger.quarantine(of: "a", fingerprint: "f") == Self.held)
    #expect(ledger.quarantine(of: "b", fingerprint: "f") == nil)
    // A crash that was under way already changes nothing.
    #expect(ledger.record("a", fingerprint: "f", at: Self.at(900)) == .quarantine(Self.held))
  }

  @Test func rareCrashesWaitLongerEachTimeAndAreNeverHeldBack() throws {
    let ledger = CrashLedger(directory: try TemporaryFolder().path)
    let waits = (0..<6).map { ledger.record("a", fingerprint: "f", at: Self.at(Double($0) * 200)) }
    #expect(waits == [100, 1_000, 10_000, 30_000, 30_000, 30_000].map { .restart(afterMilliseconds: $0) })
  }

  @Test func fiveQuietMinutesBeginAnew() throws {
    let ledger = CrashLedger(directory: try TemporaryFolder().path)
    _ = ledger.record("a", fingerprint: "f", at: Self.at(0))
    _ = ledger.record("a", fingerprint: "f", at: Self.at(10))
    #expect(ledger.record("a", fingerprint: "f", at: Self.at(311)) == .restart(afterMilliseconds: 100))
  }

  @Test func otherFilesHaveACleanSheet() throws {
    let ledger = CrashLedger(directory: try TemporaryFolder().path)
    for second in 0..<3 { _ = ledger.record("a", fingerprint: "old", at: Self.at(Double(second))) }
    #expect(ledger.quarantine(of: "a", fingerprint: "new") == nil)
    #expect(ledger.quarantine(of: "a", fingerprint: "old") != nil)
    #expect(ledger.record("a", fingerprint: "new", at: Self.at(4)) == .restart(afterMilliseconds: 100))
  }

  @Test func releaseForgets() throws {
    let folder = try TemporaryFolder()
    let ledger = CrashLedger(directory: folder.path)
    for second in 0..<3 { _ = ledger.record("a", fingerprint: "f", at: Self.at(Double(second))) }
    ledger.release("a")
    #expect(ledger.quarantine(of: "a", fingerprint: "f") == nil)
    #expect(CrashLedger(directory: folder.path).quarantine(of: "a", fingerprint: "f") == nil)
    #expect(ledger.record("a", fingerprint: "f", at: Self.at(4)) == .restart(afterMilliseconds: 100))
  }

  @Test func restartOfTheHostForgetsNothing() throws {
    let folder = try TemporaryFolder()
    for second in 0..<2 { _ = CrashLedger(directory: folder.path).record("a", fingerprint: "f", at: Self.at(Double(second))) }
    #expect(CrashLedger(directory: folder.path).record("a", fingerprint: "f", at: Self.at(2)) == .quarantine(Self.held))
    #expect(CrashLedger(directory: folder.path).quarantine(of: "a", fingerprint: "f") == Self.held)
    let mode = try FileManager.default.attributesOfItem(atPath: folder.path + "/crashes.json")[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func clockThatWasSetDoesNotHideCrashesOfOneBoot() throws {
    let ledger = CrashLedger(directory: try TemporaryFolder().path)
    for second in 0..<2 { _ = ledger.record("a", fingerprint: "f", at: Self.at(Double(second))) }
    #expect(ledger.record("a", fingerprint: "f", at: Self.at(2, shift: 86_400)) == .quarantine(Self.held))
  }

  @Test func crashesOfAnotherBootAreToldByTheWallClock() throws {
    let ledger = CrashLedger(directory: try TemporaryFolder().path)
    _ = ledger.record("a", fingerprint: "f", at: Self.at(0))
    _ = ledger.record("a", fingerprint: "f", at: Self.at(1))
    let later = CrashInstant(unixSeconds: 1_800_000_060, monotonicSeconds: 5, boot: "two")
    #expect(ledger.record("a", fingerprint: "f", at: later) == .quarantine(Self.held))
  }

  @Test(arguments: [
    "", "nonsense", "[]", #"{"schema": 2, "plugins": {}}"#, #"{"schema": 1, "plugins": {"a": 7}}"#,
    #"{"schema": 1, "plugins": {"a": {"fingerprint": "f", "streak": -1, "quarantined": true, "crashes": []}}}"#,
    #"{"schema": 1, "plugins": {"a": {"fingerprint": "f", "streak": 1, "quarantined": true, "crashes": [{"time": "x"}]}}}"#,
  ])
  func damagedFileIsPutAsideWithAWarning(_ text: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("crashes.json", text)
    let log = MemoryLog()
    let ledger = CrashLedger(directory: folder.path, logger: Logger(label: "host", sink: log))
    #expect(
      log.lines == [
        "warning host crash count lost, counting anew path=\(path) reason=it is not what this host writes kept=\(path).damaged"
      ])
    #expect(try String(contentsOfFile: path + ".damaged", encoding: .utf8) == text)
    #expect(ledger.record("a", fingerprint: "f") == .restart(afterMilliseconds: 100))
  }

  @Test func unwritableDirectoryIsAWarningAndCrashesAreStillCounted() throws {
    let log = MemoryLog()
    let ledger = CrashLedger(directory: "/nonexistent", logger: Logger(label: "host", sink: log))
    for second in 0..<2 { _ = ledger.record("a", fingerprint: "f", at: Self.at(Double(second))) }
    #expect(ledger.record("a", fingerprint: "f", at: Self.at(2)) == .quarantine(Self.held))
    #expect(log.lines.count == 3)
    #expect(log.lines[0].hasPrefix("warning host crash count not kept reason=cannot write '/nonexistent/crashes.json"))
  }

  @Test func presentMomentKnowsItsBoot() {
    let now = CrashInstant.now
    #expect(now.boot.count == 36)
    #expect(CrashInstant.now.seconds(since: now) < 60)
  }
}
