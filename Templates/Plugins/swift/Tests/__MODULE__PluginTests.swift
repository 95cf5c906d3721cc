// SPDX-License-Identifier: Apache-2.0
import PluginTestKit
import Testing

@testable import __MODULE__

@Suite struct __MODULE__PluginTests {
  /// Beside the directory of this file.
  private static let manifest = #filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined() + "/plugin.json"

  @Test func greetsByName() async throws {
    let host = try await TestHost(plugin: __MODULE__Plugin.self, manifest: Self.manifest)
    let answer = try await host.call("__NAMESPACE__.greet", #"{"name":"Ada"}"#)
    #expect(answer.text == #"{"text":"Hello, Ada!"}"#)
    await host.close()
  }

  @Test func keepsEveryRule() async {
    #expect(await Conformance.check(__MODULE__Plugin.self, manifest: Self.manifest) == [])
  }
}
