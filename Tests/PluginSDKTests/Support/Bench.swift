// SPDX-License-Identifier: Apache-2.0

import PluginSDK
import Synchronization

@testable import PluginTestKit

/// Where a test and its plugin meet; the plugin finds it by the name in its configuration.
final class Bench: Sendable {
  struct State: Sendable {
    var events: [String] = []
    var isOpen = false
    var answersLater = false
    var context: PluginContext?
  }

  private static let living = Mutex<[String: Bench]>([:])

  let name: String
  let state = Observed(State())
  /// Holds threads that wait for `open`.
  let door = Monitor(false)

  init(_ name: String = #function) {
    self.name = name
    Self.living.withLock { $0[name] = self }
  }

  static func named(_ name: String) -> Bench? { living.withLock { $0[name] } }

  var configuration: String { #"{"bench":"\#(name)"}"# }
  var context: PluginContext? { state.read { $0.context } }
  var events: [String] { state.read { $0.events } }

  func note(_ event: String) { state.change { $0.events.append(event) } }

  func noted(_ event: String, within timeout: Duration = .seconds(30)) async throws {
    try await state.wait(for: "'\(event)'", within: timeout) { $0.events.contains(event) ? () : nil }
  }

  func noted(count: Int, within timeout: Duration = .seconds(30)) async throws {
    try await state.wait(for: "\(count) events", within: timeout) { $0.events.count >= count ? () : nil }
  }

  /// Blocks the thread until `open`.
  func blockUntilOpen() { _ = door.wait { $0 ? () : nil } }

  func untilOpen() async throws { try await state.wait(for: "the door", within: .seconds(30)) { $0.isOpen ? () : nil } }

  func open() {
    door.change { $0 = true }
    state.change { $0.isOpen = true }
  }
}
