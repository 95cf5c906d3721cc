// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Host

@Suite struct VersionTests {
  // The order given by semver.org, section 11.
  @Test func order() {
    let texts = [
      "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "2.0.0",
      "2.1.0", "2.1.1", "2.10.0",
    ]
    #expect(texts.compactMap { SemanticVersion($0) }.shuffled().sorted().map(\.description) == texts)
  }

  @Test func buildDoesNotCount() {
    #expect(SemanticVersion("1.0.0+a") == SemanticVersion("1.0.0+b"))
  }

  @Test(arguments: [
    "", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.x", "1.0.0-", "1.0.0-a..b", "v1.0.0", "1.0.0+", "-1.0.0", "99999999999999999999.0.0",
    "1.0.0 ",
  ])
  func noVersion(text: String) {
    #expect(SemanticVersion(text) == nil)
  }

  @Test(arguments: [
    (">=0.1 <2", "0.1.0", true), (">=0.1 <2", "1.99.0", true), (">=0.1 <2", "2.0.0", false), (">=0.1 <2", "0.0.9", false),
    ("<2", "2.0.0-beta", false), (">=2", "2.0.0-beta", false), ("=1.2.3", "1.2.3", true), ("=1.2.3", "1.2.4", false), ("*", "0.0.1", true),
    (">1", "1.0.0", false), ("<=1.2", "1.2.0", true), ("<=1.2", "1.2.1", false), ("<2.0.0-rc", "2.0.0-beta", true),
  ])
  func ranges(range: String, version: String, isInside: Bool) throws {
    #expect(try #require(VersionRange(range)).contains(#require(SemanticVersion(version))) == isInside)
  }

  @Test(arguments: ["", " ", "1.0", ">=", ">= 1", ">=1,<2", "^1", "**"])
  func noRange(text: String) {
    #expect(VersionRange(text) == nil)
  }
}
