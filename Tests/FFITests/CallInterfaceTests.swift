// SPDX-License-Identifier: Apache-2.0
import FFI
import Testing

@Suite struct CallInterfaceTests {
  private let mathematics = try! ForeignLibrary(path: "libm.so.6")
  private let system = try! ForeignLibrary(path: "libc.so.6")

  @Test func callsWithDoubles() throws {
    let call = try CallInterface(returning: .double, taking: [.double, .double])
    let frame = CallFrame(arguments: 2)
    frame[0] = (2.0).bitPattern
    frame[1] = (10.0).bitPattern
    call.call(try mathematics.function("pow"), frame)
    #expect(Double(bitPattern: frame.result) == 1_024)
  }

  @Test func callsWithFloatsAndSmallIntegers() throws {
    let floats = try CallInterface(returning: .float, taking: [.float])
    let frame = CallFrame(arguments: 1)
    frame[0] = UInt64(Float(2.25).bitPattern)
    floats.call(try mathematics.function("sqrtf"), frame)
    #expect(Float(bitPattern: UInt32(truncatingIfNeeded: frame.result)) == 1.5)

    let integers = try CallInterface(returning: .int32, taking: [.int32])
    frame[0] = UInt64(bitPattern: Int64(-42))
    integers.call(try system.function("abs"), frame)
    #expect(Int32(truncatingIfNeeded: frame.result) == 42)
  }

  @Test func writesThroughPointers() throws {
    let memory = try #require(ForeignMemory(count: 4))
    let call = try CallInterface(returning: .double, taking: [.double, .pointer])
    let frame = CallFrame(arguments: 2)
    frame[0] = (48.0).bitPattern
    frame[1] = memory.address
    call.call(try mathematics.function("frexp"), frame)
    #expect(Double(bitPattern: frame.result) == 0.75 && memory.load(size: 4, at: 0) == 6)
  }

  @Test func callsVariableFunctions() throws {
    let room = try #require(ForeignMemory(count: 64))
    let format = try #require(ForeignMemory(count: 16))
    format.store(Array("%d and %.2f".utf8))
    let call = try CallInterface(returning: .int32, taking: [.pointer, .uint64, .pointer, .int32, .double], fixed: 3)
    let frame = CallFrame(arguments: 5)
    for (index, bits) in [room.address, 64, format.address, 7, (2.5).bitPattern].enumerated() { frame[index] = bits }
    call.call(try system.function("snprintf"), frame)
    #expect(ForeignAddress.text(at: room.address, limit: 64) == Array("7 and 2.50".utf8))
  }

  @Test func givesTheErrorNumberOfThisCall() throws {
    let call = try CallInterface(returning: .int32, taking: [.int32])
    let frame = CallFrame(arguments: 1)
    frame[0] = UInt64(bitPattern: -1)
    #expect(call.call(try system.function("close"), frame) == 9)
    let harmless = try CallInterface(returning: .int32, taking: [])
    #expect(harmless.call(try system.function("getpid"), CallFrame(arguments: 0)) == 0)
    #expect(SystemErrorNumber.name(9) == "EBADF" && SystemErrorNumber.text(9) == "Bad file descriptor")
    #expect(SystemErrorNumber.name(100_000) == nil && SystemErrorNumber.name(0) == nil)
  }

  @Test func refusesTypesThatCannotBePassed() {
    #expect(throws: FFIError.self) { try CallInterface(returning: .void, taking: [.void]) }
    #expect(throws: FFIError.self) { try CallInterface(returning: .void, taking: [.pointer], fixed: 2) }
    // A float grows to a double on its way through "…"; libffi knows that the caller forgot.
    #expect(throws: FFIError.self) { try CallInterface(returning: .int32, taking: [.pointer, .float], fixed: 1) }
  }
}
