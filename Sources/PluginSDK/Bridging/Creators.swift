// SPDX-License-Identifier: Apache-2.0
// Which type to make: `create` is given nothing that tells whose it is, and a C function carries no context. So each exported type has a
// function of its own. A library needs one; a bundle with the tests of several plugins needs some.
// swift-format-ignore-file

internal import PluginAPI

typealias Creator = @convention(c) (UnsafePointer<jf_host>, OpaquePointer, jf_bytes, Made) -> jf_status
typealias Made = UnsafeMutablePointer<UnsafeMutableRawPointer?>

let creators: [Creator] = unsafe [
  create0, create1, create2, create3, create4, create5, create6, create7, create8, create9, create10, create11, create12, create13,
  create14, create15, create16, create17, create18, create19, create20, create21, create22, create23, create24, create25, create26,
  create27, create28, create29, create30, create31,
]

private func create0(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(0, h, i, c, s) }
private func create1(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(1, h, i, c, s) }
private func create2(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(2, h, i, c, s) }
private func create3(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(3, h, i, c, s) }
private func create4(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(4, h, i, c, s) }
private func create5(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(5, h, i, c, s) }
private func create6(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(6, h, i, c, s) }
private func create7(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(7, h, i, c, s) }
private func create8(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(8, h, i, c, s) }
private func create9(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(9, h, i, c, s) }
private func create10(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(10, h, i, c, s) }
private func create11(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(11, h, i, c, s) }
private func create12(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(12, h, i, c, s) }
private func create13(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(13, h, i, c, s) }
private func create14(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(14, h, i, c, s) }
private func create15(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(15, h, i, c, s) }
private func create16(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(16, h, i, c, s) }
private func create17(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(17, h, i, c, s) }
private func create18(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(18, h, i, c, s) }
private func create19(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(19, h, i, c, s) }
private func create20(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(20, h, i, c, s) }
private func create21(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(21, h, i, c, s) }
private func create22(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(22, h, i, c, s) }
private func create23(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(23, h, i, c, s) }
private func create24(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(24, h, i, c, s) }
private func create25(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(25, h, i, c, s) }
private func create26(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(26, h, i, c, s) }
private func create27(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(27, h, i, c, s) }
private func create28(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(28, h, i, c, s) }
private func create29(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(29, h, i, c, s) }
private func create30(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(30, h, i, c, s) }
private func create31(_ h: UnsafePointer<jf_host>, _ i: OpaquePointer, _ c: jf_bytes, _ s: Made) -> jf_status { unsafe create(31, h, i, c, s) }
