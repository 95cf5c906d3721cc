// SPDX-License-Identifier: Apache-2.0

internal import CZeroMQ

/// How a socket talks: who may speak when, and to whom.
public enum ZeroMQSocketKind: String, Sendable, Hashable, CaseIterable {
  case dealer, router, sub, pub, xpub, req, rep, pair

  var number: Int32 {
    switch self {
    case .dealer: ZMQ_DEALER
    case .router: ZMQ_ROUTER
    case .sub: ZMQ_SUB
    case .pub: ZMQ_PUB
    case .xpub: ZMQ_XPUB
    case .req: ZMQ_REQ
    case .rep: ZMQ_REP
    case .pair: ZMQ_PAIR
    }
  }
}
