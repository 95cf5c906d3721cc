// SPDX-License-Identifier: Apache-2.0

/// One record of an event file, as TensorBoard reads it: a protobuf Event in a TFRecord frame.
///
/// Source: tensorflow/core/util/event.proto, summary.proto, and tensorflow/core/lib/io/record_writer.h.
enum EventRecord {
  /// The first record of every file.
  static func version(wallTime: Double) -> [UInt8] {
    var event = ProtobufWriter()
    event.double(1, wallTime)
    event.text(3, "brain.Event:2")
    return framed(event.bytes)
  }

  /// The value of one metric at one step.
  static func scalar(_ tag: String, _ value: Double, step: Int64, wallTime: Double) -> [UInt8] {
    var scalar = ProtobufWriter()
    scalar.text(1, tag)
    scalar.float(2, Float(value))
    var summary = ProtobufWriter()
    summary.message(1, scalar.bytes)
    var event = ProtobufWriter()
    event.double(1, wallTime)
    event.integer(2, step)
    event.message(5, summary.bytes)
    return framed(event.bytes)
  }

  private static func framed(_ data: [UInt8]) -> [UInt8] {
    var length = ProtobufWriter()
    length.fixed(UInt64(data.count), bytes: 8)
    var record = ProtobufWriter()
    record.fixed(UInt64(data.count), bytes: 8)
    record.fixed(UInt64(CRC32C.masked(length.bytes)), bytes: 4)
    var end = ProtobufWriter()
    end.fixed(UInt64(CRC32C.masked(data)), bytes: 4)
    return record.bytes + data + end.bytes
  }
}
