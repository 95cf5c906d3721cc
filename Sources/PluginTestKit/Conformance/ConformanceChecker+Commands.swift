// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

extension ConformanceChecker {
  func check(_ name: String, _ manner: ConformanceStep.Manner) async -> [Finding] {
    await with("'\(name)'") { host in
      switch manner {
      // Twice, so that what is kept of the first is used in the second.
      case .example: return await ask(name, [inputs.example(name), inputs.example(name)], in: host)
      case .junk: return await ask(name, inputs.junk(name), in: host)
      case .cancel:
        let call = host.begin(name, inputs.example(name))
        call.cancel()
        return await endAfterCancel(of: call, in: host)
      case .deadline: return await checkDeadline(name, host)
      case .credit: return await checkCredit(name, host)
      }
    }
  }

  /// Calls a command with one input after the other.
  private func ask(_ name: String, _ inputs: [Payload], in host: TestHost) async -> [Finding] {
    var findings: [Finding] = []
    var unanswered = 0
    let end = MonotonicClock.after(budget)
    for input in inputs where MonotonicClock.now < end {
      let call = host.begin(name, input)
      // A command that waits for something does so each time; that need not be waited for each time.
      let time = unanswered < 2 ? patience : min(patience, .milliseconds(20))
      if let answer = try? await call.answer(within: time) {
        findings += judge(answer, name, in: host, call.id)
      } else {
        unanswered += 1
        call.cancel()
        findings += await endAfterCancel(of: call, in: host)
      }
      // What is wrong is wrong for most junk; saying it once is enough.
      if !findings.isEmpty { break }
    }
    return findings
  }

  private func endAfterCancel(of call: TestCall, in host: TestHost, _ how: String = "cancelled") async -> [Finding] {
    let hasEnded: @Sendable (inout HostState) -> Void? = { $0.finished.contains(call.id) ? () : nil }
    if (try? await host.state.wait(for: "the end", within: grace, hasEnded)) != nil { return [] }
    // While the host is still inside the plugin, the plugin could not hear that it was cancelled.
    await host.thread.run {}
    if (try? await host.state.wait(for: "the end", within: grace, hasEnded)) != nil { return [] }
    return [
      Finding(
        rule: "a cancelled call ends", seen: "'\(call.command)' had not ended \(grace) after it was \(how)",
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

  private func checkDeadline(_ name: String, _ host: TestHost) async -> [Finding] {
    let call = host.begin(name, inputs.example(name), credit: 0, deadline: .milliseconds(20))
    _ = try? await call.answer(within: patience)
    return await endAfterCancel(of: call, in: host, "told that its deadline had passed")
  }

  private func checkCredit(_ name: String, _ host: TestHost) async -> [Finding] {
    let call = host.begin(name, inputs.example(name), credit: 0)
    let stoppedOrEnded: Void? = try? await call.state.wait(for: "its end or a wait", within: patience) {
      $0.wantsCredit || $0.ended != nil ? () : nil
    }
    // Who waits for the event does nothing now; there is nothing to wait for.
    if stoppedOrEnded != nil { try? await Task.sleep(for: .milliseconds(30)) }
    let refused = host.state.read { $0.mostRefusedEmits[call.id] ?? 0 }
    for _ in 0..<2 { call.grant(.max) }
    _ = try? await call.answer(within: patience)
    call.cancel()
    guard refused > 3 else { return await endAfterCancel(of: call, in: host) }
    return [
      Finding(
        rule: "without credit a plugin waits for JF_EVENT_CREDIT", seen: "'\(name)' tried \(refused) times in a row",
        fix: "after JF_E_AGAIN emit nothing until the event comes")
    ]
  }
}
