// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Testing

@testable import Host

@Suite struct RuntimeBacktraceTests {
  static let withoutTool: Comment = "the Swift runtime looks at crashes with swift-backtrace, which this toolchain does not have"

  @Test(.enabled(if: CrashingProgram.hasTool, withoutTool)) func realCrashInCIsReadWithItsSourceLine() throws {
    let folder = try TemporaryFolder()
    let end = try CrashingProgram.run("null", backtraces: folder.path)
    #expect(end.signal == SIGSEGV)
    let backtrace = try #require(RuntimeBacktrace.take(from: folder.path, of: end.pid))
    #expect(backtrace.fault == "Bad pointer dereference at 0x0")
    #expect(backtrace.thread == "jf-fixture")
    let first = try #require(backtrace.frames.first)
    #expect(first.function == "reads_null")
    #expect(first.library == "crash")
    #expect(first.file?.hasSuffix("Tests/Fixtures/Crashes/crash.c") == true)
    #expect(first.line == 8)
    #expect(backtrace.frames.map(\.function).prefix(2) == ["reads_null", "worker"])
    #expect(try Folder.names(in: folder.path) == [])
  }

  @Test(.enabled(if: CrashingProgram.hasTool, withoutTool)) func abortIsReadToo() throws {
    let folder = try TemporaryFolder()
    let end = try CrashingProgram.run("abort", backtraces: folder.path)
    #expect(end.signal == SIGABRT)
    let backtrace = try #require(RuntimeBacktrace.take(from: folder.path, of: end.pid))
    #expect(backtrace.fault.hasPrefix("Aborted"))
    #expect(!backtrace.frames.isEmpty)
  }

  /// The runtime has a stack of its own for the main thread alone; such an end is told by its signal.
  @Test func stackOverflowOfAThreadIsSurvivedWithOrWithoutAFile() throws {
    let folder = try TemporaryFolder()
    let end = try CrashingProgram.run("stack", backtraces: folder.path)
    #expect(end.signal == SIGSEGV)
    let frames = RuntimeBacktrace.take(from: folder.path, of: end.pid)?.frames ?? []
    #expect(frames.count <= Backtrace.maximumFrames)
  }

  @Test func orderlyEndLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let end = try CrashingProgram.run("exit", backtraces: folder.path)
    #expect(end.status >> 8 == 3)
    #expect(RuntimeBacktrace.take(from: folder.path, of: end.pid) == nil)
  }

  @Test func commaInTheDirectoryCannotBeSaidToTheRuntime() {
    #expect(RuntimeBacktrace.environment(directory: "/tmp/a,b") == ["SWIFT_BACKTRACE": "enable=no"])
  }

  /// Captured from swift-backtrace of Swift 6.3.1: a Swift program with a thread that indexes past an array's end.
  private static let captured = #"""
    {"kind": "crashReport", "description": "Illegal instruction", "faultAddress": "0x00007fc9b476df7f", "threads": [
      {"name": "trap", "frames": [{"kind": "programCounter", "address": "0x00007fc9b4144f16", "description": "wait + 198"}]},
      {"crashed": true, "frames": [
        {"kind": "returnAddress", "address": "0x00007fc9b4787e7d", "symbol": "$sSayxSicigTm", "offset": 124,
         "description": "Array.subscript.getter + 124", "image": "libswiftCore.so"},
        {"kind": "returnAddress", "address": "0x000055bb222cd54c", "symbol": "$s4trap3BoxV2atyxSiF", "offset": 91,
         "description": "Box.at(_:) + 91", "image": "trap", "sourceLocation": {"file": "/src/trap.swift", "line": 2, "column": 63}},
        {"kind": "returnAddress", "address": "0x000055bb222cd159", "thunk": true, "symbol": "$s4trap5startySvSgACFTo", "offset": 8,
         "description": "@objc start(_:) + 8", "image": "trap",
         "sourceLocation": {"file": "//<compiler-generated>", "line": 0, "column": 0}},
        {"kind": "returnAddress", "address": "0x000055bb222cd100"},
        {"kind": "truncated"}]}]}
    """#

  @Test func capturedSwiftCrashIsReadDemangledAndWithoutThunks() throws {
    let backtrace = try #require(RuntimeBacktrace.backtrace(JSONValue(parsing: Self.captured)))
    #expect(backtrace.fault == "Illegal instruction at 0x7fc9b476df7f")
    #expect(backtrace.thread == nil)
    #expect(
      backtrace.frames == [
        Backtrace.Frame(function: "Array.subscript.getter", library: "libswiftCore.so"),
        Backtrace.Frame(function: "Box.at(_:)", library: "trap", file: "/src/trap.swift", line: 2),
        Backtrace.Frame(function: "0x55bb222cd100", library: ""),
      ])
  }

  @Test(arguments: [
    "", "{", "[]", "7", "{}", #"{"threads": 7}"#, #"{"threads": [{"crashed": true}]}"#, #"{"threads": [{"crashed": "yes", "frames": []}]}"#,
    String(captured.prefix(700)), String(repeating: "[", count: 100_000),
  ])
  func damagedFileGivesNothing(_ text: String) throws {
    let folder = try TemporaryFolder()
    #expect(RuntimeBacktrace.read(try folder.write("x-1-0.0.json", text)) == nil)
  }

  @Test func missingHugeAndStrangeFilesGiveNothing() throws {
    let folder = try TemporaryFolder()
    #expect(RuntimeBacktrace.read(folder.path + "/none.json") == nil)
    #expect(RuntimeBacktrace.read(folder.path) == nil)
    let huge = try folder.write("huge.json", Self.captured)
    truncate(huge, 5 << 20)
    #expect(RuntimeBacktrace.read(huge) == nil)
    mkfifo(folder.path + "/pipe.json", 0o600)
    #expect(RuntimeBacktrace.read(folder.path + "/pipe.json") == nil)
    #expect(RuntimeBacktrace.file(in: folder.path + "/nowhere", of: 1) == nil)
  }

  @Test func hostileFileIsCutToTheLimits() throws {
    let long = String(repeating: "x", count: 10_000)
    let escape = #"\u001b[2J"#
    let frame =
      #"{"address": "0x1", "description": "\#(escape)\#(long)", "image": "\#(long)", "sourceLocation": {"file": "\#(long)", "line": 1}}"#
    let frames = Array(repeating: frame, count: 500).joined(separator: ",")
    let text = #"{"description": "\#(long)", "threads": [{"crashed": true, "name": "\#(long)", "frames": [7, null, \#(frames)]}]}"#
    let backtrace = try #require(RuntimeBacktrace.backtrace(JSONValue(parsing: text)))
    #expect(backtrace.frames.count <= Backtrace.maximumFrames)
    #expect(backtrace.frames[0].function.count <= 201)
    #expect(backtrace.frames[0].function.hasPrefix(" [2J"))
    #expect(backtrace.frames[0].library.count <= 101)
    #expect(backtrace.fault.count <= 201)
  }
}
