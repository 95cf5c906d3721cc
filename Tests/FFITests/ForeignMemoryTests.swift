// SPDX-License-Identifier: Apache-2.0
import FFI
import Testing

@Suite struct ForeignMemoryTests {
  @Test func isZeroedAndAlignedAndKeepsWhatIsStored() throws {
    let memory = try #require(ForeignMemory(count: 20))
    #expect(memory.address % 64 == 0 && memory.bytes(count: 20) == [UInt8](repeating: 0, count: 20))
    memory.store(0x1122_3344_5566_7788, size: 2, at: 3)
    memory.store([1, 2, 3], at: 17)
    #expect(memory.load(size: 2, at: 3) == 0x7788 && memory.load(size: 1, at: 5) == 0)
    #expect(memory.bytes(at: 17, count: 3) == [1, 2, 3])
    memory.clear()
    #expect(memory.load(size: 8, at: 0) == 0)
  }

  @Test func hasAnAddressEvenWithoutBytes() throws {
    #expect(try #require(ForeignMemory(count: 0)).address != 0)
    #expect(ForeignMemory(count: -1) == nil)
  }

  @Test func readsNoTextWithoutAnEnd() throws {
    let memory = try #require(ForeignMemory(count: 4))
    memory.store([65, 66, 67, 68])
    #expect(ForeignAddress.text(at: memory.address, limit: 4) == nil)
    #expect(ForeignAddress.text(at: 0, limit: 4) == nil)
    #expect(ForeignAddress.bytes(at: memory.address, count: 2) == [65, 66])
  }

  @Test func stopsAtAnAccessOutsideOfIt() async {
    await #expect(processExitsWith: .failure) { ForeignMemory(count: 8)?.store(0, size: 4, at: 5) }
  }
}
