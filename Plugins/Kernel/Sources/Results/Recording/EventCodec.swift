// SPDX-License-Identifier: Apache-2.0

/// Writes events of runs into the backlog and reads them back. The file is read by nobody else and never after a restart.
enum EventCodec {
  static func write(_ event: RunEvent, run: String, to bytes: inout [UInt8]) {
    write(Array(run.utf8), to: &bytes)
    write(UInt64(bitPattern: Int64(event.sequence)), to: &bytes)
    write(event.time.bitPattern, to: &bytes)
    write(Array(event.type.utf8), to: &bytes)
    write(event.content, to: &bytes)
    write(UInt64(event.buffers.count), to: &bytes)
    for buffer in event.buffers { write(buffer, to: &bytes) }
  }

  static func read(_ bytes: [UInt8], _ index: inout Int) -> (RunEvent, run: String) {
    let run = String(decoding: readBytes(bytes, &index), as: UTF8.self)
    let sequence = Int(Int64(bitPattern: readNumber(bytes, &index)))
    let time = Double(bitPattern: readNumber(bytes, &index))
    let type = String(decoding: readBytes(bytes, &index), as: UTF8.self)
    let content = Array(readBytes(bytes, &index))
    let buffers = (0..<readNumber(bytes, &index)).map { _ in Array(readBytes(bytes, &index)) }
    return (RunEvent(sequence: sequence, time: time, type: type, content: content, buffers: buffers), run)
  }

  static func write(_ number: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  static func readNumber(_ bytes: [UInt8], _ index: inout Int) -> UInt64 {
    var number: UInt64 = 0
    for place in 0..<8 { number |= UInt64(bytes[index + place]) << UInt64(8 * place) }
    index += 8
    return number
  }

  private static func write(_ part: [UInt8], to bytes: inout [UInt8]) {
    write(UInt64(part.count), to: &bytes)
    bytes += part
  }

  private static func readBytes(_ bytes: [UInt8], _ index: inout Int) -> ArraySlice<UInt8> {
    let count = Int(readNumber(bytes, &index))
    defer { index += count }
    return bytes[index..<index + count]
  }
}
