// SPDX-License-Identifier: Apache-2.0
// What libFuzzer is given to attack: it looks which inputs reach new code, and goes on from those. Built by `make fuzz` alone.

/// The first byte says who is attacked; a trap is what libFuzzer reports.
@c(LLVMFuzzerTestOneInput) public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let first = bytes.first else { return 0 }
  let rest = Array(bytes.dropFirst())
  switch first % 3 {
  case 0: Attack.messages(rest)
  case 1: Attack.frames(rest)
  default: Attack.debugging(rest)
  }
  return 0
}
