// SPDX-License-Identifier: Apache-2.0

internal import PluginAPI
internal import PluginSDK

extension ConformanceChecker {
  func checkEvents() async -> [Finding] {
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
      await host.configure(configuration)
      let status = await host.ping()
      if status != .ok {
        findings.append(Finding(rule: "a ping is answered with JF_OK", seen: "'\(status)'", fix: "return JF_OK at once"))
      }
      return findings
    }
  }

  /// Sends junk to one subscription.
  func checkSubscription(_ index: Int) async -> [Finding] {
    guard let subscriptions = manifest.subscribes, subscriptions.indices.contains(index) else { return [] }
    let pattern = subscriptions[index].topic
    return await with("events of '\(pattern)'") { host in
      for payload in ConformanceInputs.always { host.publish(Self.topic(of: pattern), payload, lost: 1) }
      do {
        try await host.allTaken(within: max(patience * 4, .seconds(1)))
      } catch {
        return [
          Finding(
            rule: "an event refused with JF_E_AGAIN is asked for again", seen: "the events of '\(pattern)' are still waiting",
            fix: "call subscription_resume when there is room")
        ]
      }
      return []
    }
  }

  /// A topic that a pattern fits.
  static func topic(of pattern: String) -> String {
    pattern == "*" ? "check.event" : pattern.hasSuffix(".*") ? "\(pattern.dropLast())check" : pattern
  }
}
