// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import JSON
import Testing

/// C libraries as commands: the examples in a real host, called with the command line.
@Suite struct CLibraryTests {
  /// A host with the examples, in this process: a runner is not asked of it.
  private static func host() throws -> LiveHost {
    let home = LiveHost.temporary("jackfield-c")
    let modes = #"{"plugins": {"zlib": {"mode": "inprocess"}, "libm": {"mode": "inprocess"}, "frei0r": {"enabled": false}}}"#
    try Data(modes.utf8).write(to: URL(filePath: home + "/config.json"))
    return try LiveHost(home: home, plugins: [LiveHost.packageDirectory + "/Examples/CLibraries"])
  }

  @Test func zlibAndLibmAreCommands() async throws {
    try await onOwnThread {
      let host = try Self.host()
      defer { host.stop() }
      // The check value of the CRC catalogue, and the worked example of Adler-32.
      #expect(try host.json("call", "zlib.crc32", "--buf", "MTIzNDU2Nzg5") == ["crc": 0xCBF4_3926])
      #expect(try host.json("call", "zlib.adler32", "--buf", "V2lraXBlZGlh") == ["adler": 0x11E6_0398])
      #expect(try host.json("call", "libm.frexp", "--x", "48") == ["fraction": 0.75, "exponent": 6])
      #expect(try host.json("call", "libm.pow", "--x", "2", "--y", "10") == ["result": 1024.0])
      let small = try #require(try host.json("call", "zlib.compress", "--source", "aGVsbG8=")["data"]?.stringValue)
      #expect(try host.json("call", "zlib.uncompress", "--source", small) == ["data": "aGVsbG8="])
      let plugins = try host.json("plugins", "--json").arrayValue ?? []
      #expect(plugins.first { $0["id"] == "zlib" }?["state"] == "active" && plugins.first { $0["id"] == "libm" }?["version"] == "1.0.0")
      #expect(host.stop().status == 0)
    }
  }

  @Test func mistakesAreExplainedAndTheHostGoesOn() async throws {
    try await onOwnThread {
      let host = try Self.host()
      defer { host.stop() }
      let damaged = try host.run("call", "zlib.uncompress", "--source", "AAAA")
      #expect(damaged.status == 1)
      #expect(
        damaged.error == "jackfield: 'zlib.uncompress' failed: 'uncompress' returned -3 (Z_DATA_ERROR: the data are damaged or cut off)\n")
      #expect(try host.run("call", "zlib.crc32", #"{"buf": "*"}"#).error.contains("'buf' is not base64 with padding; correct it"))
      #expect(try host.run("call", "zlib.crc32", #"{"buf": "", "crc": -1}"#).error.contains("'crc' is -1; write a whole number from 0 to"))
      #expect(try host.run("call", "libm.sqrt", "--x", "-1").error.contains("EDOM"))
      let help = try host.run("call", "zlib.compress", "--help").output
      #expect(help.contains("--level INTEGER") && help.contains("--source STRING") && !help.contains("--data"))
      #expect(try host.json("call", "libm.hypot", "--x", "3", "--y", "4") == ["result": 5.0])
    }
  }

  @Test func aLibraryThatIsNotSoundIsNamed() async throws {
    try await onOwnThread {
      let directory = LiveHost.temporary("jackfield-c-bad")
      let manifest = try Data(contentsOf: URL(filePath: LiveHost.packageDirectory + "/Examples/CLibraries/zlib/plugin.json"))
      try FileManager.default.createDirectory(atPath: directory + "/zlib", withIntermediateDirectories: true)
      let wrong = String(decoding: manifest, as: UTF8.self).replacing(#""symbol": "crc32","#, with: #""symbol": "crc33","#)
      try Data(wrong.utf8).write(to: URL(filePath: directory + "/zlib/plugin.json"))
      let outcome = try Program.run([LiveHost.jackfield, "plugins", "check", directory + "/zlib"], in: directory)
      #expect(outcome.status == 1)
      #expect(outcome.output.replacing("\n", with: " ").contains("it has no 'crc33', which 'zlib.crc32' calls"))
    }
  }
}
