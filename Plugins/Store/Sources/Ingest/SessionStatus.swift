// SPDX-License-Identifier: Apache-2.0

/// How a session is, by the door's word.
enum SessionStatus: String {
  case connecting, running, paused, testing, ended, lost
}
