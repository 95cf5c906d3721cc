// SPDX-License-Identifier: Apache-2.0

/// What scripts ask, by the type on the wire. The first four are the field's, the rest is ours.
enum RequestKind: String, Sendable, CaseIterable {
  case chat = "vscode/chat"
  case executeCommand = "vscode/executeCommand"
  case getChatHistory = "vscode/getChatHistory"
  case showMessage = "vscode/showMessage"
  case choose = "bridge/choose"
  case input = "bridge/input"
  case confirm = "bridge/confirm"
  case form = "bridge/form"
  case progress = "bridge/progress"
  case openFile = "bridge/openFile"
  case showDiff = "bridge/showDiff"
}
