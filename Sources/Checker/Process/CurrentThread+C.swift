// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The thread that asks.
enum CurrentThread {
  static var number: UInt { UInt(pthread_self()) }

  static func rest(milliseconds: UInt32) { usleep(milliseconds * 1_000) }
}
