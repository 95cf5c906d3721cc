// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Synchronization
import Testing

@testable import RunBridge

@Suite struct AuditLogTests {
  @Test func whatCannotBeWrittenIsToldAndHoldsNobodyUp() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/jackfield-audit-\(FreshName.make())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = BridgeStore(path: folder + "/bridge.db")
    try store.start()
    store.stop()
    let told = Mutex<[String]>([])
    let audit = AuditLog(store: store) { sentence in told.withLock { $0.append(sentence) } }
    let caller = try #require(FrontBench.runs["r1"])
    let number = await audit.write(AuditEntry("vscode/executeCommand", "a.b", .scope, for: caller))
    #expect(number == nil)
    audit.finish(7, "ok", after: .seconds(1))
    let reason = "cannot write the audit: cannot use the bridge's database: it is closed; the host is starting or stopping"
    #expect(told.withLock { $0 } == [reason, reason])
  }
}
