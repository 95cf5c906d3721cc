// SPDX-License-Identifier: Apache-2.0

internal import CZeroMQ

/// The version of the library in use.
public enum ZeroMQVersion {
  /// As "4.3.4".
  public static var text: String {
    var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
    unsafe zmq_version(&major, &minor, &patch)
    return "\(major).\(minor).\(patch)"
  }
}
