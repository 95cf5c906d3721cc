// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Testing

@Suite struct JSONParserTests {
  private let line = Array(#"{"type":"trainStep","step":7,"loss":0.25,"ok":true,"none":null,"tags":["a","b"],"step":8,"n":{"x":1}}"#.utf8)

  @Test func elementsAreReadWithoutMakingValues() throws {
    let root = try JSONParser().parse(line)
    #expect(root.kind == .object && root["type"]?.string == "trainStep" && root["type"]?.equals("trainStep") == true)
    #expect(root["type"]?.equals("trainSte") == false && root["loss"]?.double == 0.25 && root["loss"]?.int == nil)
    #expect(root["ok"]?.bool == true && root["none"]?.kind == .null && root["n"]?["x"]?.int == 1 && root["missing"] == nil)
    #expect(root["tags"]?["x"] == nil && root["ok"]?.string == nil)
  }

  @Test func theLaterOfTwoMembersCounts() throws {
    #expect(try JSONParser().parse(line)["step"]?.int == 8)
  }

  @Test func membersAndElementsAreVisitedInOrder() throws {
    let root = try JSONParser().parse(line)
    var names: [String] = []
    root.forEachMember { name, _ in names.append(name) }
    #expect(names == ["type", "step", "loss", "ok", "none", "tags", "step", "n"])
    var tags: [String?] = []
    root["tags"]?.forEachElement { tags.append($0.string) }
    #expect(tags == ["a", "b"])
    root["ok"]?.forEachMember { _, _ in Issue.record("a truth value has no members") }
    root.forEachElement { _ in Issue.record("an object has no elements") }
  }

  @Test func unsignedNumbersAreExactUpToTheGreatest() throws {
    let root = try JSONParser().parse(Array("[18446744073709551615,7,-1,1.0,\"7\"]".utf8))
    var numbers: [UInt64?] = []
    root.forEachElement { numbers.append($0.unsigned) }
    #expect(numbers == [.max, 7, nil, nil, nil])
    #expect(try JSONParser().parse(Array("18446744073709551616".utf8)).unsigned == nil)
  }

  @Test func oneParserReadsManyDocuments() throws {
    let parser = JSONParser()
    for number in 0..<1000 {
      let text = "[\(number),\"\(String(repeating: "x", count: number))\"]"
      #expect(try parser.parse(Array(text.utf8)).value() == [.integer(Int64(number)), .string(String(repeating: "x", count: number))])
    }
  }

  @Test func aRefusedDocumentLeavesTheParserUsable() throws {
    let parser = JSONParser()
    for _ in 0..<3 {
      #expect(throws: JSONError.self) { try parser.parse(Array("{\"a\":".utf8)) }
      #expect(throws: JSONError.self) { try parser.parse([]) }
      #expect(try parser.parse(Array("{\"a\":1}".utf8))["a"]?.int == 1)
    }
  }

  @Test func aSmallDocumentFollowsAHugeOne() throws {
    let parser = JSONParser()
    let huge = "\"" + String(repeating: "x", count: 3 << 20) + "\""
    #expect(try parser.parse(Array(huge.utf8)).string?.utf8.count == 3 << 20)
    #expect(try parser.parse(Array("[1]".utf8)).value() == [1])
  }

  @Test func anElementOfAnEarlierDocumentStopsTheProcess() async {
    await #expect(processExitsWith: .failure) {
      let parser = JSONParser()
      let old = try parser.parse(Array("[1]".utf8))
      _ = try parser.parse(Array("[2]".utf8))
      _ = old.kind
    }
  }

  /// A large text is read where it lies, and so must not be read beyond the page it ends in.
  @Test func aLargeTextMayEndWhereverItLikes() throws {
    let page = 4096
    let room = 40 * page
    let memory = try #require(mmap(nil, room + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
    defer { munmap(memory, room + page) }
    #expect(mprotect(memory + room, page, PROT_NONE) == 0)
    let parser = JSONParser()
    for distance in 0...130 {
      let size = 100_000 + distance % 7
      let text = Array("{\"a\":\"".utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: size) + Array("\",\"n\":12345}".utf8)
      let place = memory + room - distance - text.count
      text.withUnsafeBytes { place.copyMemory(from: $0.baseAddress!, byteCount: text.count) }
      let root = try parser.parse(UnsafeRawBufferPointer(start: place, count: text.count))
      #expect(root["a"]?.string?.utf8.count == size && root["n"]?.int == 12_345)
      #expect(throws: JSONError.self) { try parser.parse(UnsafeRawBufferPointer(start: place, count: text.count - 1)) }
      #expect(throws: JSONError.self) { try parser.parse(UnsafeRawBufferPointer(start: place, count: size - 9)) }
    }
  }

  /// Whatever the bytes, the answer is a value or a sentence; a value reads back as itself.
  @Test func mutatedDocumentsNeverCrash() throws {
    let parser = JSONParser()
    let marks = Array("{}[]\",:\\0-e.".utf8)
    var state: UInt64 = 42
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for _ in 0..<5000 {
      var text = line
      for _ in 0..<(1 + next(4)) {
        switch next(3) {
        case 0: text[next(text.count)] = UInt8(next(256))
        case 1: text.remove(at: next(text.count))
        default: text.insert(marks[next(marks.count)], at: next(text.count))
        }
      }
      guard let value = try? parser.parse(text).value() else { continue }
      #expect(try JSONValue(parsing: value.bytes()) == value)
    }
  }
}
