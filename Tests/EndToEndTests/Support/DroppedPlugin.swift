// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc

/// Plugins as a stranger would drop them into a home: built from C with the system's compiler.
enum DroppedPlugin {
  private static let verbs = [
    "echo", "inline", "never", "twice", "silent", "refuse", "fail", "stream", "badtext", "nodata", "huge", "ask", "publish",
    "refuse_events", "events", "log", "slow", "progress", "waiter", "config", "overlaps", "hang",
  ]

  /// A good plugin, "hello", with the commands of probe.c.
  static func hello(in directory: String) throws { try probe("hello", in: directory) }

  static func manifest(_ id: String, library: String = "libprobe.so", verbs: [String] = verbs, extra: String = "") -> String {
    let commands = verbs.map { #"{"name": "\#(id).\#($0)", "summary": "does what its name says"}"# }.joined(separator: ", ")
    return """
      {"schema": 1, "id": "\(id)", "version": "1.0.0", "abi": {"major": 1, "minor": 0}, "library": "\(library)",
       "namespaces": ["\(id)"], "publishes": ["\(id).ticks"], "commands": [\(commands)]\(extra)}
      """
  }

  @discardableResult
  static func probe(_ id: String, in parent: String, options: [String] = [], manifest text: String? = nil) throws -> String {
    let directory = "\(parent)/\(id)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try write(text ?? manifest(id), to: directory + "/plugin.json")
    let fixtures = LiveHost.packageDirectory + "/Tests/Fixtures/Plugins"
    let outcome = try Program.run(
      [
        "cc", "-std=c99", "-D_GNU_SOURCE", "-fPIC", "-shared", "-fvisibility=hidden",
        "-I\(LiveHost.packageDirectory)/Sources/PluginAPI/include",
      ]
        + ["-DID=\"\(id)\"", "-DNS=\"\(id)\""] + options + [fixtures + "/probe.c", "-o", directory + "/libprobe.so", "-lpthread"],
      in: directory)
    guard outcome.status == 0 else { throw LiveHost.NotReady(description: outcome.error) }
    chmod(directory + "/libprobe.so", 0o755)
    return directory
  }

  private static func write(_ text: String, to path: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }

  /// One of each kind of broken plugin; the value is a part of the sentence that must be said.
  static func broken(in parent: String) throws -> [String: String] {
    try probe("othermajor", in: parent, options: ["-DENTRY=jf_plugin_entry_2"])
    try probe("missingsymbol", in: parent, options: ["-Wl,-z,lazy", "-include", try undefinedSymbolHeader(parent)])
    try probe("notjson", in: parent, manifest: "{ this is not JSON")
    try probe("unknownkey", in: parent, manifest: manifest("unknownkey", extra: #", "comands": []"#))
    try probe("thief", in: parent, manifest: manifest("thief", extra: "").replacing(#""thief.echo""#, with: #""runs.echo""#))
    let open = try probe("worldwritable", in: parent)
    chmod(open + "/libprobe.so", 0o777)
    let text = try probe("notelf", in: parent)
    try write("#!/bin/sh\n", to: text + "/libprobe.so")
    let other = try probe("othermachine", in: parent)
    try patch(other + "/libprobe.so", at: 18, [0xB7, 0x00])  // e_machine: AArch64
    let gone = try probe("nolibrary", in: parent)
    unlink(gone + "/libprobe.so")
    return [
      "othermajor": "built for plugin ABI 2, this host speaks 1", "missingsymbol": "jackfield_nobody_has_this", "notjson": "plugin.json",
      "unknownkey": "did you mean 'commands'?", "thief": "runs.echo", "worldwritable": "libprobe.so", "notelf": "libprobe.so",
      "othermachine": "libprobe.so", "nolibrary": "libprobe.so",
    ]
  }

  private static func undefinedSymbolHeader(_ parent: String) throws -> String {
    let path = parent + "/needs.h"
    try write(
      "extern int jackfield_nobody_has_this(void);\n__attribute__((used)) static int needs(void) { return jackfield_nobody_has_this(); }\n",
      to: path)
    return path
  }

  private static func patch(_ path: String, at offset: Int, _ bytes: [UInt8]) throws {
    var data = try Data(contentsOf: URL(filePath: path))
    data.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    try data.write(to: URL(filePath: path))
  }
}
