// SPDX-License-Identifier: Apache-2.0

import Foundation
import PluginSDK
import Testing

@testable import Kernel

@Suite struct RunTableTests {
  private let table = RunTable(folder: FileManager.default.temporaryDirectory.path())

  private func run(_ number: Int) -> QueuedRun {
    let description = RunDescription(id: "run-\(number)", kernel: "k", code: "", source: "", client: "c", queued: 0)
    return QueuedRun(description: description, log: table.log(for: description), batch: "b")
  }

  private func isKnown(_ number: Int) -> Bool { (try? table.find("run-\(number)")) != nil }

  @Test func thousandsOfRunsThatEndedAreForgottenAndThoseThatGoOnAreNot() {
    let waiting = (0..<1_000).map(run)
    #expect((0..<1_000).allSatisfy(isKnown))
    for run in waiting.dropFirst() { run.log.end(with: RunEnding(status: .ok, timings: RunTimings(queued: 0))) }
    _ = run(1_000)
    #expect(isKnown(0))
    #expect(!isKnown(1))
    #expect((0...1_000).filter(isKnown).count == RunTable.most)
  }

  @Test func runsThatNoKernelTookLeaveNothing() {
    let refused = run(0)
    table.forget([refused])
    #expect(!isKnown(0))
  }

  @Test func whatAThreadPrintsAfterItsRunWasForgottenMakesNoFile() {
    let run = run(0)
    table.forget([run])
    for _ in 0..<100 { run.log.append([UInt8](repeating: 65, count: 10_000)) }
    #expect(!FileManager.default.fileExists(atPath: FileManager.default.temporaryDirectory.appending(path: "run-0.events").path()))
    #expect(run.log.count == 100)
  }
}
