// SPDX-License-Identifier: Apache-2.0

/// Who chats when no front does, and how much of it is kept.
struct ChatSettings: Decodable, Sendable {
  /// Of an endpoint that speaks as OpenAI's does, up to and with its version, as "https://api.example.org/v1"; nil: there is none.
  var baseURL: String?
  /// Nil: the endpoint chooses.
  var model: String?
  /// Nil: none is sent.
  var apiKey: String?
  var systemPrompt: String?
  /// Nil: the endpoint's own.
  var temperature: Double?
  /// A PEM file of authorities to believe beside the system's.
  var certificates: String?
  /// Whether the answer is asked for piece by piece.
  var streams = true
  /// Whether an answer that only refuses is told as blocked.
  var blocksRefusals = true
  /// From the question to the last byte of the answer; a caller that waits less is answered within its own time.
  var timeoutSeconds = 120.0
  /// Messages of before that go with a question.
  var maxHistory = 20
  /// In bytes of one message of a script.
  var messageBytes = 1 << 20
  /// In bytes of an answer's text.
  var answerBytes = 1 << 20
  /// Kept of one conversation.
  var keptMessages = 500
  /// Kept of one run.
  var keptConversationsOfRun = 64
  /// Kept of all runs together.
  var keptConversations = 1_000
  var keptDays = 90.0
  /// In bytes of one conversation.
  var keptConversationBytes = 8 << 20
  /// In bytes of all together.
  var keptBytes = 256 << 20

  init() {}

  private enum Key: String, CodingKey {
    case baseURL, model, apiKey, systemPrompt, temperature, certificates, streams, blocksRefusals, timeoutSeconds, maxHistory, messageBytes
    case answerBytes, keptMessages, keptConversationsOfRun, keptConversations, keptDays
    case keptConversationBytes, keptBytes
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    baseURL = try values.decodeIfPresent(String.self, forKey: .baseURL)
    model = try values.decodeIfPresent(String.self, forKey: .model)
    apiKey = try values.decodeIfPresent(String.self, forKey: .apiKey)
    systemPrompt = try values.decodeIfPresent(String.self, forKey: .systemPrompt)
    temperature = try values.decodeIfPresent(Double.self, forKey: .temperature)
    certificates = try values.decodeIfPresent(String.self, forKey: .certificates)
    streams = try values.decodeIfPresent(Bool.self, forKey: .streams) ?? streams
    blocksRefusals = try values.decodeIfPresent(Bool.self, forKey: .blocksRefusals) ?? blocksRefusals
    timeoutSeconds = try values.decodeIfPresent(Double.self, forKey: .timeoutSeconds) ?? timeoutSeconds
    maxHistory = try values.decodeIfPresent(Int.self, forKey: .maxHistory) ?? maxHistory
    messageBytes = try values.decodeIfPresent(Int.self, forKey: .messageBytes) ?? messageBytes
    answerBytes = try values.decodeIfPresent(Int.self, forKey: .answerBytes) ?? answerBytes
    keptMessages = try values.decodeIfPresent(Int.self, forKey: .keptMessages) ?? keptMessages
    keptConversationsOfRun = try values.decodeIfPresent(Int.self, forKey: .keptConversationsOfRun) ?? keptConversationsOfRun
    keptConversations = try values.decodeIfPresent(Int.self, forKey: .keptConversations) ?? keptConversations
    keptDays = try values.decodeIfPresent(Double.self, forKey: .keptDays) ?? keptDays
    keptConversationBytes = try values.decodeIfPresent(Int.self, forKey: .keptConversationBytes) ?? keptConversationBytes
    keptBytes = try values.decodeIfPresent(Int.self, forKey: .keptBytes) ?? keptBytes
  }
}
