// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization
import Testing

@testable import PluginBridge

@Suite struct FrameTests {
  private struct Line: ~Copyable {
    let near: Int32
    let far: Int32

    init() {
      var both: [Int32] = [-1, -1]
      precondition(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &both) == 0)
      (near, far) = (both[0], both[1])
    }

    func write(_ bytes: [UInt8]) { #expect(send(near, bytes, bytes.count, 0) == bytes.count) }
    func end() { shutdown(near, Int32(SHUT_RDWR)) }

    deinit {
      close(near)
      close(far)
    }
  }

  private func fault(_ reader: inout FrameReader) -> FrameFault? {
    do throws(FrameFault) { _ = try reader.next() } catch { return error }
    return nil
  }

  @Test func frameComesAsItWasSent() throws {
    let line = Line()
    var frame = Frame(.invoke, call: 7, a: .max, b: 1, c: 2, content: .bytes, name: "grüße.senden")
    frame.payload = [0, 255, 10]
    #expect(FrameWriter(descriptor: line.near, patience: .always).send(frame))
    var reader = FrameReader(descriptor: line.far)
    let read = try reader.next()
    #expect((read.kind, read.call, read.a, read.b, read.c) == (.invoke, 7, .max, 1, 2))
    #expect((read.content, read.name, read.payload) == (.bytes, "grüße.senden", [0, 255, 10]))
    #expect(!reader.hasFrame)
  }

  @Test func manyFramesComeWithOneReadAndOneFrameWithMany() throws {
    let line = Line()
    let writer = FrameWriter(descriptor: line.near, patience: .always)
    for number in 0..<100 { writer.send(Frame(.forget, call: UInt64(number))) }
    var reader = FrameReader(descriptor: line.far)
    for number in 0..<100 {
      let frame = try reader.next()
      #expect(frame.call == UInt64(number))
    }
    var large = Frame(.publish)
    large.payload = [UInt8](repeating: 1, count: 20 << 20)
    let far = line.far
    let read = BlockingQueue<Int>()
    HostThread.start("reader") {
      var reader = FrameReader(descriptor: far)
      read.put(((try? reader.next())?.payload.count) ?? -1)
    }
    writer.send(large)
    #expect(read.take(until: MonotonicClock.after(milliseconds: 10_000)) == 20 << 20)
  }

  @Test func whatDoesNotFitIsKeptUntilItDoes() throws {
    let line = Line()
    let told = BlockingQueue<Void>()
    let writer = FrameWriter(descriptor: line.near, patience: .never) { told.put(()) }
    var frame = Frame(.event)
    frame.payload = [UInt8](repeating: 7, count: 1 << 20)
    for number in 0..<8 {
      frame.call = UInt64(number)
      #expect(writer.send(frame))
    }
    #expect(told.count == 1)
    let isDone = Flag()
    HostThread.start("flush") { while !isDone.value, writer.flush() { sched_yield() } }
    defer { isDone.set() }
    var reader = FrameReader(descriptor: line.far)
    for number in 0..<8 {
      let frame = try reader.next()
      #expect(frame.call == UInt64(number))
    }
    #expect(!writer.flush())
  }

  private final class Flag: Sendable {
    private let state = Atomic<Bool>(false)
    var value: Bool { state.load(ordering: .relaxed) }
    func set() { state.store(true, ordering: .relaxed) }
  }

  /// Lengths that nobody has, a kind that there is not, a name that is no text.
  @Test(arguments: [
    (UInt32(66 << 20), UInt32(0), UInt16(2)), (.max, .max, 2), (0, 65_537, 2), (0, 0, 0), (0, 0, 9_999), (0, 2, 2),
  ])
  func nonsenseIsToldAndTakesNoMemory(payload: UInt32, name: UInt32, kind: UInt16) throws {
    let line = Line()
    var bytes = [UInt8](repeating: 0, count: 48)
    for index in 0..<4 {
      bytes[index] = UInt8(truncatingIfNeeded: payload >> (8 * UInt32(index)))
      bytes[4 + index] = UInt8(truncatingIfNeeded: name >> (8 * UInt32(index)))
    }
    bytes[8] = UInt8(truncatingIfNeeded: kind)
    bytes[9] = UInt8(truncatingIfNeeded: kind >> 8)
    line.write(bytes + [0xff, 0xfe])
    var reader = FrameReader(descriptor: line.far)
    #expect(fault(&reader) == .malformed)
  }

  @Test(arguments: [0, 1, 47, 48, 50])
  func endInTheMiddleOfAFrameIsAnEnd(length: Int) throws {
    let line = Line()
    var bytes = [UInt8](repeating: 0, count: 48)
    (bytes[0], bytes[8]) = (10, 2)
    line.write(Array((bytes + [1, 2, 3]).prefix(length)))
    line.end()
    var reader = FrameReader(descriptor: line.far)
    #expect(fault(&reader) == .closed)
  }

  @Test func termsComeAsTheyWereSentAndNothingElseIsTaken() throws {
    var terms = InstanceTerms(
      id: "a", version: "1.0.0", libraryPath: "/lib/ä.so", configuration: [0, 1], commands: ["a.b", "a.c"],
      publishes: [try TopicPattern("a.*")], threads: 4,
      directories: InstanceDirectories(data: "/d", state: "/s", runtime: "/r", library: "/l"))
    terms.isAdapter = true
    terms.recordPath = "/s/records/a"
    let bytes = terms.encoded(subscriptions: 3)
    let read = try #require(InstanceTerms.decoded(bytes))
    #expect(read.subscriptions == 3 && read.terms.encoded(subscriptions: 3) == bytes)
    for length in 0..<bytes.count { #expect(InstanceTerms.decoded(Array(bytes.prefix(length))) == nil) }
  }
}
