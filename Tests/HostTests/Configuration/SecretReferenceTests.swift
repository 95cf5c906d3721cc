// SPDX-License-Identifier: Apache-2.0
import Host
import JSON
import Testing

@Suite struct SecretReferenceTests {
  @Test func onlyTheExactFormIsAReference() {
    #expect(SecretReference(["$env": "A"]) == .environment("A") && SecretReference(["$file": "/a"]) == .file("/a"))
    for value: JSONValue in [["$env": "A", "x": 1], ["$env": 1], ["env": "A"], "x", []] { #expect(SecretReference(value) == nil) }
  }

  @Test func secretsAreMaskedAtAnyDepth() {
    let value: JSONValue = ["a": ["$env": "KEY"], "b": [["$file": "/s"], 1]]
    #expect(SecretReference.masking(value) == ["a": "<secret from env KEY>", "b": ["<secret from file /s>", 1]])
  }

  @Test func secretsAreResolvedAtAnyDepth() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("secret", "s3cret\n", mode: 0o600)
    let value: JSONValue = ["a": ["$env": "KEY"], "b": [["$file": .string(file)], 1]]
    #expect(try SecretReference.resolving(value, environment: ["KEY": "k"]) == ["a": "k", "b": ["s3cret", 1]])
  }

  @Test func everySecretThatIsNotToBeHadIsTold() throws {
    let folder = try TemporaryFolder()
    let open = try folder.write("open", "x", mode: 0o640)
    let value: JSONValue = ["a": ["$env": "KEY"], "b": ["$file": .string(open)], "c": [["$file": "/nowhere/s"]], "d": ["$file": "s"]]
    let error = try #require(throws: ConfigurationError.self) {
      try SecretReference.resolving(value, at: JSONPath(keys: "plugins", "x", "config"), environment: [:])
    }
    #expect(
      error.problems.map(\.message) == [
        "'plugins.x.config.a' is to come from the environment variable 'KEY', which is not set; set it for the host and reload",
        "'plugins.x.config.b' is to come from the file '\(open)', which others than its owner may read or write; run: chmod 600 '\(open)'",
        "'plugins.x.config.c[0]' is to come from the file '/nowhere/s', which cannot be read: no such file or directory; write the secret there with mode 600",
        "'plugins.x.config.d' is to come from the file 's', which is not an absolute path; write it out",
      ])
  }
}
