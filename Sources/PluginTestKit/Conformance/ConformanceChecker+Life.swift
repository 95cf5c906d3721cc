// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

extension ConformanceChecker {
  /// Configurations that no schema would let through.
  private static let broken = ["\u{0}not JSON", "", "[]", "null", "{", #"{"no_such_key":1e999}"#, String(repeating: "[", count: 100_000)]

  /// Stops an instance that has a call of every command open.
  func checkOpenCalls() async -> [Finding] {
    await with("with open calls", watching: true) { host in
      for command in manifest.commands ?? [] where command.inline != true {
        _ = host.begin(command.name, inputs.example(command.name), credit: 0)
      }
      return []
    }
  }

  func checkConfigurations() async -> [Finding] {
    for configuration in Self.broken {
      do {
        let host = try await makeHost(configuration, starting: false)
        await host.close()  // It does not read its configuration, or takes this one.
      } catch {
        guard "\(error)".contains("said nothing in its log") else { continue }
        return [
          Finding(
            rule: "a plugin that refuses its configuration says why", seen: "\(error)", fix: "write a line of level error with jf.log/1")
        ]
      }
    }
    return []
  }

  func checkMisuse() async -> [Finding] {
    await with("a host that misuses it") { host in
      var findings: [Finding] = []
      for (what, status) in [("jf_event", await host.sendShortEvent()), ("jf_request", await host.sendShortRequest())]
      where status != .invalid {
        findings.append(
          Finding(
            rule: "a struct that is too short is answered with JF_E_INVALID", seen: "a \(what) of size 8 was answered '\(status)'",
            fix: "compare 'size' with sizeof before you read on", severity: .advice))
      }
      if await host.hasExtension("jf.no_such_thing/1") {
        findings.append(
          Finding(
            rule: "a capability that a plugin does not have is NULL", seen: "it gave a table for 'jf.no_such_thing/1'",
            fix: "compare the whole id"))
      }
      return findings + (await checkUnknownCommand(host))
    }
  }

  private func checkUnknownCommand(_ host: TestHost) async -> [Finding] {
    let call = host.begin("\(manifest.id).no_such_command")
    let answer = try? await call.answer(within: patience)
    guard answer?.status.isFailure != true else { return [] }
    return [
      Finding(
        rule: "a command that there is not fails", seen: answer == nil ? "it was never answered" : "it was answered 'ok'",
        fix: "return JF_E_NOT_FOUND for names you do not know")
    ]
  }
}
