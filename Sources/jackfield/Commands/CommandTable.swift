// SPDX-License-Identifier: Apache-2.0

/// Every verb, in the order of help.
enum CommandTable {
  static let all: [Subcommand] = [
    .serve, .status, .dashboard, .top, .run, .attach, .exec, .repl, .watch, .kernels, .kernel, .dap, .plugins, .commands, .call, .events,
    .config,
    .reload, .stop,
    .doctor,
    .version, .completion, .complete,
  ]
}
