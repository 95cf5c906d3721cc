// SPDX-License-Identifier: Apache-2.0

/// How much fronts may cost. Settings are those of plugin.json, below `fronts`.
struct FrontSettings: Decodable, Sendable, Hashable {
  /// Fronts attached at once.
  var most = 64
  /// Questions one front has to answer at once; the next one is asked a further question.
  var openQuestions = 32
  /// Questions of one run that wait for an answer.
  var openQuestionsOfRun = 16
  /// The largest question, and the largest answer.
  var questionBytes = 4 << 20
  /// Messages and progress that wait for a front that does not read.
  var notices = 256
  var noticeBytes = 1 << 20
  /// How long a front may leave a question untaken before it counts as gone.
  var takeSeconds = 10.0

  private enum CodingKeys: String, CodingKey {
    case most, openQuestions, openQuestionsOfRun, questionBytes, notices, noticeBytes, takeSeconds
  }

  init() {}

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    most = try values.decodeIfPresent(Int.self, forKey: .most) ?? most
    openQuestions = try values.decodeIfPresent(Int.self, forKey: .openQuestions) ?? openQuestions
    openQuestionsOfRun = try values.decodeIfPresent(Int.self, forKey: .openQuestionsOfRun) ?? openQuestionsOfRun
    questionBytes = try values.decodeIfPresent(Int.self, forKey: .questionBytes) ?? questionBytes
    notices = try values.decodeIfPresent(Int.self, forKey: .notices) ?? notices
    noticeBytes = try values.decodeIfPresent(Int.self, forKey: .noticeBytes) ?? noticeBytes
    takeSeconds = try values.decodeIfPresent(Double.self, forKey: .takeSeconds) ?? takeSeconds
  }
}
