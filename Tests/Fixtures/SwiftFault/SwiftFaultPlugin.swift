// SPDX-License-Identifier: Apache-2.0
// A good plugin in Swift with commands that end as Swift programs end: by a trap of the runtime. For tests only.

import Glibc
import PluginSDK

struct SwiftFaultPlugin: Plugin {
  static let id = "swiftfault"
  static let version = "1.0.0"
  init(_ context: PluginContext) {}

  var commands: [Command] {
    [
      .bytes("swiftfault.echo") { input, _ in input },
      Command("swiftfault.pid") { _ in Int(getpid()) },
      Command("swiftfault.trap") { _ -> Int in fatalError("the plugin gave up") },
      Command("swiftfault.bounds") { _ in Self.element(3, of: [1, 2, 3]) },
      Command("swiftfault.unwrap") { _ in Self.first(of: [])! },
      Command("swiftfault.overflow") { _ in Self.successor(of: .max) },
    ]
  }

  // Not inlined, so that the compiler does not see the end coming.

  @inline(never) private static func element(_ index: Int, of numbers: [Int]) -> Int { numbers[index] }
  @inline(never) private static func first(of numbers: [Int]) -> Int? { numbers.first }
  @inline(never) private static func successor(of number: Int) -> Int { number + 1 }
}
