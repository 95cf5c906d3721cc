// SPDX-License-Identifier: Apache-2.0
import FFI
import Testing

@Suite struct ForeignLibraryTests {
  @Test func saysWhyALibraryDoesNotLoad() {
    let error = #expect(throws: FFIError.self) { try ForeignLibrary(path: "/nowhere/libnone.so") }
    #expect(error?.code == .cannotLoad && error?.subject == "/nowhere/libnone.so")
    #expect(
      error?.description
        == "cannot load '/nowhere/libnone.so': /nowhere/libnone.so: cannot open shared object file: No such file or directory; install what is missing, or correct the path"
    )
  }

  @Test func saysThatAFunctionIsNotThere() throws {
    let library = try ForeignLibrary(path: "libm.so.6")
    let error = #expect(throws: FFIError.self) { try library.function("sinus") }
    #expect(error?.description == "cannot find in 'libm.so.6' 'sinus': there is no such symbol; 'nm -D' lists what there is")
  }
}
