// SPDX-License-Identifier: Apache-2.0

/// One message to or from a kernel: four JSON texts as they crossed, and raw buffers.
///
/// The texts are whatever the other side wrote. What comes from a kernel may be no JSON at all where it should be (NaN, lone surrogates);
/// only the header and the parent's header are read here, and only when asked for.
struct KernelMessage: Sendable {
  var channel: KernelChannel
  /// JSON of the message's header.
  var header: [UInt8]
  /// JSON of the header of the request this belongs to; `{}` or `null` without one.
  var parentHeader: [UInt8]
  /// JSON.
  var metadata: [UInt8]
  /// JSON.
  var content: [UInt8]
  /// Binary parts, outside the signature.
  var buffers: [[UInt8]] = []
}
