// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Host

@Suite struct ActivationOrderTests {
  private func node(_ id: String, requires: [String: String] = [:], after: [String] = [], version: String = "1.0.0") throws
    -> ActivationOrder.Node
  {
    ActivationOrder.Node(
      id: id, version: try #require(SemanticVersion(version)),
      requires: try requires.sorted { $0.key < $1.key }.map { ($0.key, try #require(VersionRange($0.value))) }, after: after)
  }

  @Test func whatIsRequiredComesFirst() throws {
    let order = ActivationOrder([try node("a", requires: ["c": ">=1"]), try node("b"), try node("c", after: ["b"])])
    #expect(order.order == ["b", "c", "a"])
    #expect(order.refused.isEmpty)
  }

  @Test func afterIsAWishAndItsCirclesAreCut() throws {
    let order = ActivationOrder([try node("a", after: ["b", "nobody"]), try node("b", after: ["a"])])
    #expect(order.order == ["a", "b"])
    #expect(order.refused.isEmpty)
  }

  @Test func circleOfRequiresIsReportedAsAChain() throws {
    let order = ActivationOrder([
      try node("a", requires: ["b": ">=1"]), try node("b", requires: ["c": ">=1"]), try node("c", requires: ["a": ">=1"]), try node("d"),
      try node("e", requires: ["a": ">=1"]),
    ])
    #expect(order.order == ["d"])
    let sentence = "plugins require each other in a circle: a → b → c → a; take one 'requires' out of its plugin.json"
    #expect([order.refused["a"], order.refused["b"], order.refused["c"]] == [sentence, sentence, sentence])
    #expect(order.refused["e"] == "plugin 'e' requires 'a', which was refused; add or enable it, or disable 'e'")
  }

  @Test func missingAndUnfittingRequirementsAreTold() throws {
    let order = ActivationOrder(
      [
        try node("a", requires: ["gone": ">=1"]), try node("b", requires: ["c": ">=2 <3"]), try node("c"),
        try node("d", requires: ["off": ">=1"]),
      ],
      absent: ["off": "is disabled"])
    #expect(order.order == ["c"])
    #expect(order.refused["a"] == "plugin 'a' requires 'gone', which is not there; add or enable it, or disable 'a'")
    #expect(order.refused["b"] == "plugin 'b' requires 'c' >=2 <3, and 1.0.0 is there; install a version that fits")
    #expect(order.refused["d"] == "plugin 'd' requires 'off', which is disabled; add or enable it, or disable 'd'")
  }
}
