// SPDX-License-Identifier: Apache-2.0

internal import PluginAPI
internal import PluginSDK

/// One run of all checks over one plugin.
struct ConformanceChecker: Sendable {
  let table: PluginTable
  let manifest: PluginManifest
  let configuration: String
  let patience: Duration

  /// What nobody should send, and somebody will.
  private static let junk: [[UInt8]] = [
    [], Array("null".utf8), Array("{}".utf8), Array("[]".utf8), Array("{".utf8), Array("\"\u{1F600}\"".utf8), [0xff, 0xfe, 0x00],
    Array(#"{"no_such_key":-1e308,"":[[]]}"#.utf8), Array((String(repeating: "[", count: 600) + String(repeating: "]", count: 600)).utf8),
    Array("\"\(String(repeating: "x", count: 100_000))\"".utf8),
  ]

  func findings() async -> [Finding] {
    let wrong = checkTable()
    guard wrong.isEmpty else { return wrong }
    var findings: [Finding] = []
    findings += await checkLife()
    // A plugin that cannot live cannot be asked anything.
    guard findings.isEmpty else { return findings }
    findings += await checkBrokenConfiguration()
    findings += await checkEvents()
    for command in manifest.commands ?? [] { findings += await check(command) }
    return findings
  }

  // MARK: The table

  private func checkTable() -> [Finding] {
    var findings: [Finding] = []
    if unsafe table.size < MemoryLayout<jf_plugin>.size || table.major != Int(JF_ABI_MAJOR) {
      findings.append(
        Finding(
          rule: "the table is that of ABI \(JF_ABI_MAJOR)", seen: "size \(table.size), major \(table.major)",
          fix: "write sizeof(jf_plugin) and JF_ABI_MAJOR into it"))
    }
    for (name, code, said) in [("id", table.id, manifest.id), ("version", table.version, manifest.version)] where code != said {
      findings.append(
        Finding(rule: "the \(name) in the code is that of plugin.json", seen: "'\(code)' and '\(said)'", fix: "make them equal"))
    }
    return findings
  }

  // MARK: Life

  private func checkLife() async -> [Finding] {
    var findings = await with("create, then destroy", starting: false) { _ in [] }
    for _ in 0..<2 { findings += await with("create, start, stop, destroy") { _ in [] } }
    return findings
  }

  /// Makes a host, lets something be done with it, ends it, and looks at what came of it.
  private func with(
    _ what: String, starting: Bool = true, _ body: (TestHost) async -> [Finding]
  ) async -> [Finding] {
    let host: TestHost
    do {
      host = try await TestHost(table, configuration, manifest, isOurs: false, starting)
    } catch {
      return [
        Finding(
          rule: "a plugin can be made and started with a good configuration, and registers what plugin.json names", seen: "\(error)",
          fix: "read the reason, or give the check the configuration the plugin needs")
      ]
    }
    var findings = await body(host)
    if starting {
      let status = await host.stop(within: .seconds(5))
      if status.isFailure {
        findings.append(Finding(rule: "stop ends all work in time", seen: "it answered '\(status)' (\(what))", fix: "join your threads"))
      }
    }
    await host.close()
    findings += host.crossingsAfterStop.prefix(1).map {
      Finding(rule: "nothing is asked of the host after stop", seen: "\($0)", fix: "end every thread and task before stop returns")
    }
    findings += host.state.read { $0.badFinishes }.map {
      Finding(rule: "every call is finished exactly once, with valid content", seen: $0, fix: "finish where the work ends, once")
    }
    return findings
  }

  private func checkBrokenConfiguration() async -> [Finding] {
    do {
      let host = try await TestHost(table, "\u{0}not JSON", manifest, isOurs: false, false)
      await host.close()
      return []  // It does not read its configuration.
    } catch {
      guard "\(error)".contains("said nothing in its log") else { return [] }
      return [
        Finding(
          rule: "a plugin that refuses its configuration says why", seen: "\(error)", fix: "write a line of level error with jf.log/1")
      ]
    }
  }

  // MARK: Events

  private func checkEvents() async -> [Finding] {
    await with("events") { host in
      var findings: [Finding] = []
      for kind: UInt32 in [0, 4711, .max] {
        let status = await host.sendRaw(kind: kind, value: .max)
        guard status != .ok else { continue }
        findings.append(
          Finding(
            rule: "an event of an unknown kind is answered with JF_OK", seen: "kind \(kind) was answered '\(status)'",
            fix: "return JF_OK by default"))
      }
      for kind in [JF_EVENT_CANCEL, JF_EVENT_CREDIT, JF_EVENT_CHUNK, JF_EVENT_PROGRESS, JF_EVENT_DONE, JF_EVENT_TOPIC_READY] {
        let status = await host.sendRaw(kind: UInt32(kind), call: .max, subject: .max)
        guard status != .ok else { continue }
        findings.append(
          Finding(
            rule: "an event about a call or topic that is no more is answered with JF_OK",
            seen: "kind \(kind) was answered '\(status)'", fix: "ignore ids you do not know"))
      }
      let status = await host.ping()
      if status != .ok {
        findings.append(Finding(rule: "a ping is answered with JF_OK", seen: "'\(status)'", fix: "return JF_OK at once"))
      }
      return findings
    }
  }

  // MARK: Commands

  private func check(_ command: PluginManifest.Command) async -> [Finding] {
    await with("'\(command.name)'") { host in
      var findings: [Finding] = []
      for input in Self.junk {
        let call = host.begin(command.name, Payload(bytes: input))
        findings += await end(of: call, in: host)
      }
      let cancelled = host.begin(command.name)
      cancelled.cancel()
      findings += await endAfterCancel(of: cancelled, in: host)
      if command.stream == true { findings += await checkCredit(command, host) }
      // What is wrong is wrong for most junk; saying it once is enough.
      return Array(Set(findings))
    }
  }

  private func end(of call: TestCall, in host: TestHost) async -> [Finding] {
    if let answer = try? await call.answer(within: patience) { return judge(answer, call.command, in: host, call.id) }
    call.cancel()
    return await endAfterCancel(of: call, in: host)
  }

  private func endAfterCancel(of call: TestCall, in host: TestHost) async -> [Finding] {
    let ended: Void? = try? await host.state.wait(for: "the end", within: patience) { $0.finished.contains(call.id) ? () : nil }
    guard ended == nil else { return [] }
    return [
      Finding(
        rule: "a cancelled call ends", seen: "'\(call.command)' had not ended \(patience) after it was cancelled",
        fix: "stop at JF_EVENT_CANCEL, or ask call_state in loops, and finish with JF_E_CANCELLED")
    ]
  }

  private func judge(_ answer: Answer, _ command: String, in host: TestHost, _ call: UInt64) -> [Finding] {
    let wasFinished = host.state.read { $0.finished.contains(call) }
    guard answer.status.isFailure, wasFinished, !answer.payload.bytes.isEmpty, (try? answer.decode(Message.self)) == nil else { return [] }
    return [
      Finding(
        rule: "a failure is JSON with a 'message'", seen: "'\(command)' failed with '\(answer.payload.shown)'",
        fix: #"finish with {"message":"…"}"#)
    ]
  }

  private struct Message: Decodable { let message: String }

  private func checkCredit(_ command: PluginManifest.Command, _ host: TestHost) async -> [Finding] {
    let call = host.begin(command.name, .emptyObject, credit: 0)
    _ = try? await call.answer(within: patience)
    call.cancel()
    let refused = host.state.read { $0.refusedEmits[call.id] ?? 0 }
    guard refused > 3 else { return [] }
    return [
      Finding(
        rule: "without credit a plugin waits for JF_EVENT_CREDIT", seen: "'\(command.name)' tried \(refused) times in a row",
        fix: "after JF_E_AGAIN emit nothing until the event comes")
    ]
  }
}
