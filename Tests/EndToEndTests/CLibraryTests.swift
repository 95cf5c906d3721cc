// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import JSON
import Testing

/// C libraries as commands: the examples in a real host, called with the command line.
@Suite struct CLibraryTests {
  private static let modes = ["inprocess", "process"]

  /// A host with the examples.
  private static func host(_ mode: String) throws -> LiveHost {
    let home = LiveHost.temporary("jackfield-c")
    let modes = #"{"plugins": {"zlib": {"mode": "\#(mode)"}, "libm": {"mode": "\#(mode)"}, "frei0r": {"enabled": false}}}"#
    try Data(modes.utf8).write(to: URL(filePath: home + "/config.json"))
    return try LiveHost(home: home, plugins: [LiveHost.packageDirectory + "/Examples/CLibraries"])
  }

  @Test(arguments: modes) func zlibAndLibmAreCommands(mode: String) async throws {
    try await onOwnThread {
      let host = try Self.host(mode)
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

  @Test(arguments: modes) func mistakesAreExplainedAndTheHostGoesOn(mode: String) async throws {
    try await onOwnThread {
      let host = try Self.host(mode)
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

  // MARK: - In a process of its own

  /// A number where a pointer belongs: the request is lost, and the library is there again for the next.
  @Test func aWrongSignatureCostsARequest() async throws {
    try await onOwnThread {
      let home = LiveHost.temporary("jackfield-c-wrong")
      try FileManager.default.createDirectory(atPath: home + "/plugins/wrong", withIntermediateDirectories: true)
      let length = #"{"symbol": "strlen", "returns": "u64", "args": [{"name": "text", "type": "u64"}]}"#
      let right = #"{"symbol": "strlen", "returns": "u64", "args": [{"name": "text", "type": "cstring"}]}"#
      let manifest = """
        {"schema": 1, "kind": "c-library", "id": "wrong", "version": "1.0.0", "library": "libc.so.6", "namespaces": ["wrong"],
         "commands": [{"name": "wrong.length", "signature": \(length)}, {"name": "wrong.right", "signature": \(right)}]}
        """
      try Data(manifest.utf8).write(to: URL(filePath: home + "/plugins/wrong/plugin.json"))
      let quick = #"{"plugins": {"wrong": {"environment": {"SWIFT_BACKTRACE": "enable=no"}}}}"#
      try Data(quick.utf8).write(to: URL(filePath: home + "/config.json"))
      let host = try LiveHost(home: home, plugins: [])
      #expect(try host.json("call", "wrong.right", "--text", "four") == ["result": 4])
      let outcome = try host.run("call", "wrong.length", "--text", "5")
      #expect(outcome.status == 1 && outcome.error.contains("died while it answered 'wrong.length'"), "\(outcome.error)")
      #expect(try host.json("call", "wrong.right", "--text", "three") == ["result": 5])
      #expect(host.stop().status == 0)
    }
  }

  /// Opens an effect, gives it a frame and closes it, one effect after the other; prints how each came out.
  private let render = """
    import base64, json, socket, sys
    door = socket.socket(socket.AF_UNIX)
    door.connect(sys.argv[1])
    lines = door.makefile()
    frame = base64.b64encode(bytes(range(256)) * 64).decode()
    def ask(name, **values):
        request = {"jsonrpc": "2.0", "id": 1, "method": "command/call", "params": {"name": "frei0r." + name, "input": values, "timeoutMs": 1500}}
        door.sendall((json.dumps(request) + "\\n").encode())
        answer = json.loads(lines.readline())
        if "error" in answer:
            raise ValueError(answer["error"]["data"]["status"] + ": " + answer["error"]["message"])
        return answer["result"]["result"]
    def effect(name):
        mixes = ask("info", effect=name)["info"]["plugin_type"] >= 2
        instance = ask("open", effect=name, width=64, height=64)["instance"]
        frames = {"frame1": frame, "frame2": frame, "frame3": frame} if mixes else {"frame": frame}
        answer = ask("mix" if mixes else "render", effect=name, instance=instance, time=0.04, **frames)
        ask("close", effect=name, instance=instance)
        assert len(base64.b64decode(answer["rendered"])) == 64 * 64 * 4
        return "rendered"
    for name in sys.argv[2:]:
        try:
            print(name, effect(name))
        except ValueError as error:
            print(name, error)
    """

  /// 136 libraries of one small API. One hangs, one writes where it must not: each costs its own call.
  @Test func everyEffectOfFrei0rRunsAndTheBadOnesCostACall() async throws {
    try await onOwnThread {
      let home = LiveHost.temporary("jackfield-frei0r")
      let limits = #""limits": {"cancelGraceMs": 500}, "plugins": {"frei0r": {"environment": {"SWIFT_BACKTRACE": "enable=no"}}}"#
      try Data("{\(limits)}".utf8).write(to: URL(filePath: home + "/config.json"))
      let host = try LiveHost(home: home, plugins: [LiveHost.packageDirectory + "/Examples/CLibraries"])
      let names = try FileManager.default.contentsOfDirectory(atPath: "/usr/lib/frei0r-1").filter { $0.hasSuffix(".so") }
        .map { String($0.dropLast(3)) }.sorted()
      // "3dflippo" follows memory that it never wrote, now and then to nowhere; "partik0l" writes beyond what it took.
      let good = names.filter { !["curves", "partik0l", "3dflippo"].contains($0) }
      let outcome = try Program.run(["python3", "-c", render, home + "/run/host.sock"] + good + ["curves", "brightness"], in: home)
      #expect(outcome.status == 0, "\(outcome.error)")
      let results = Dictionary(
        outcome.output.split(separator: "\n").map { line in
          let words = line.split(separator: " ", maxSplits: 1)
          return (String(words[0]), String(words[1]))
        }, uniquingKeysWith: { $1 })
      #expect(results["curves"]?.hasPrefix("deadline") == true, "\(results["curves"] ?? "nothing")")
      #expect(results["brightness"] == "rendered")
      // What does not run must be a library that the system cannot load, never a fault of ours.
      let rest = results.filter { $0.value != "rendered" && $0.key != "curves" }
      #expect(results.count - rest.count >= 100 && rest.allSatisfy { $0.value.contains("cannot load") }, "\(rest)")
      #expect(try host.json("plugins", "info", "frei0r", "--json")["crashes"] == 1)
      #expect(host.stop().status == 0)
    }
  }
}
