package import Core
import Glibc
import JSON

/// Tells by channels. Programs of the machine do it: curl, and whatever has sendmail's face.
package struct Courier {
  private let files: any FileSystem
  private let secret: (String) throws(Fault) -> String
  private let clock: Clock
  private let patience: Int

  /// `secret` gives what `secret:NAME` stands for; `patience` is how many seconds one attempt may
  /// take.
  package init(
    _ files: any FileSystem, clock: Clock, patience: Int = 20,
    secret: @escaping (String) throws(Fault) -> String
  ) {
    self.files = files
    self.clock = clock
    self.patience = patience
    self.secret = secret
  }

  /// Tries once. What is wrong with the channel itself is `.refused`, with its remedy.
  package func deliver(_ message: AlertMessage, by channel: Channel) -> Delivery {
    do throws(Fault) {
      // Others said it: it is told to people, and kept.
      switch try attempt(message, channel) {
      case .delivered: return .delivered
      case .later(let words, let seconds): return .later(masked(words), seconds: seconds)
      case .refused(let words): return .refused(masked(words))
      }
    } catch {
      let words = masked("\(error.problem); \(error.remedy)")
      return error.kind == .temporary || error.kind == .io
        ? .later(words, seconds: nil) : .refused(words)
    }
  }

  private func attempt(
    _ message: AlertMessage, _ channel: Channel
  ) throws(Fault) -> Delivery {
    switch channel.kind {
    case .mail(let receivers, let sender, let program):
      return try mail(message, receivers, sender, program)
    case .slack(let address):
      let answer = try post(SlackMessage(message).json, to: try secret(address), channel)
      return verdict(answer) { $0 == "ok" || $0.isEmpty }
    case .teams(let address):
      // An old connector says 1, a workflow nothing; both say errors with a status of success.
      let answer = try post(TeamsCard(message).json, to: try secret(address), channel)
      return verdict(answer) { $0 == "1" || $0.isEmpty }
    case .pagerDuty(let address, let key):
      let event = PagerDutyEvent(message, routingKey: try secret(key))
      let answer = try post(event.json, to: try secret(address), channel)
      return verdict(answer) { (try? JSONValue(parsing: $0))?["status"]?.string == "success" }
    case .webhook(let address, let key):
      let body = JSONWriter.bytes(message.json)
      var headers: [String] = []
      if let key { headers = signature(of: body, key: try secret(key)) }
      return verdict(
        try send(
          try WebRequest(to: try secret(address), body, headers: headers, by: channel.route))
      ) { _ in true }
    case .file(let path):
      try files.appendLines(JSONWriter.bytes(message.json) + [0x0A], to: path)
      return .delivered
    case .command(let program):
      let outcome = try Program(program[0], Array(program.dropFirst())).run(
        giving: JSONWriter.bytes(message.json) + [0x0A], patience: .seconds(patience),
        remedy: "name a program that can be run")
      return delivery(of: outcome, program[0], retrying: [75])
    }
  }

  /// Time and digest, so that the receiver knows who sent a message, and that it is no old one.
  private func signature(of body: [UInt8], key: String) -> [String] {
    let second = clock.now.microseconds / Timestamp.microsecondsPerSecond
    let signed = Array("\(second).".utf8) + body
    let digest = SHA256.keyed(Array(key.utf8), signed)
    return ["X-Medallion-Time: \(second)", "X-Medallion-Signature: sha256=\(hexText(digest))"]
  }

  private func mail(
    _ message: AlertMessage, _ receivers: [String], _ sender: String, _ program: [String]
  ) throws(Fault) -> Delivery {
    if program.contains("--tls-certcheck=off") {
      try WeakTransport.tell(program[0], "--tls-certcheck=off")
    }
    let text = MailMessage(message, from: sender, to: receivers).text
    let outcome = try Program(
      program[0], Self.verifying(program) + ["--"] + receivers
    ).run(
      giving: Array(text.utf8), patience: .seconds(patience),
      remedy: "install msmtp-mta, or name another program with sendmail's face")
    return delivery(of: outcome, program[0], retrying: Self.unreached)
  }

  /// The statuses of a program of mail that another time may mend. msmtp ends 68 when no name
  /// server answers, 69 when the server says that it is to come again, 74 and 76 when the line is
  /// cut, 75 when there is no server; 71 is a system short of something.
  private static let unreached: Set<Int32> = [68, 69, 71, 74, 75, 76]

  /// The arguments of a program of mail. What its own settings say of the server's certificate is
  /// out of sight here: msmtp checks it, unless the call itself says that it need not.
  static func verifying(_ program: [String]) -> [String] {
    let arguments = Array(program.dropFirst())
    let isTold = arguments.contains { $0.hasPrefix("--tls-certcheck") }
    guard !isTold, lastComponent(of: programFile(program[0])) == "msmtp" else { return arguments }
    return ["--tls-certcheck=on"] + arguments
  }

  /// The file that a program's name leads to, behind all links.
  private static func programFile(_ name: String) -> String {
    let files = LocalFileSystem()
    let folders =
      name.contains("/")
      ? [""]
      : getenv("PATH").map { String(cString: $0).split(separator: ":").map { "\($0)/" } } ?? []
    for folder in folders {
      if let path = try? files.realPath(of: folder + name) { return path }
    }
    return name
  }

  private func delivery(
    of outcome: Program.Outcome, _ name: String, retrying: Set<Int32>
  ) -> Delivery {
    if outcome.status == 0 { return .delivered }
    let said = outcome.lastWord.isEmpty ? "" : ": \(outcome.lastWord)"
    if outcome.status == Program.tookTooLong {
      return .later("\(name) did not end within \(patience) s", seconds: nil)
    }
    let words = "\(name) ended with status \(outcome.status)\(said)"
    return retrying.contains(outcome.status)
      ? .later(words, seconds: nil) : .refused(words)
  }

  private func post(
    _ json: JSONValue, to address: String, _ channel: Channel
  ) throws(Fault) -> Result<WebAnswer, CurlFailure> {
    try send(try WebRequest(to: address, JSONWriter.bytes(json), by: channel.route))
  }

  private func send(_ request: WebRequest) throws(Fault) -> Result<WebAnswer, CurlFailure> {
    // -q first: nobody's settings of curl are to change where alerts go.
    let outcome = try Program("curl", ["-q", "-K", "-"]).run(
      giving: Array(request.settings(patience: patience).utf8), patience: .seconds(patience + 5),
      remedy: "install curl")
    guard outcome.status == 0, let answer = WebAnswer(curlOutput: outcome.output, now: clock.now)
    else {
      return .failure(CurlFailure(outcome))
    }
    return .success(answer)
  }

  private func verdict(
    _ result: Result<WebAnswer, CurlFailure>, _ isConsent: (String) -> Bool
  ) -> Delivery {
    switch result {
    case .failure(let failure):
      return failure.isLasting
        ? .refused(failure.words) : .later(failure.words, seconds: nil)
    case .success(let answer):
      let body = String(answer.body.trimmed.prefix(300))
      let words = "status \(answer.status)\(body.isEmpty ? "" : ": \(body)")"
      switch answer.status {
      case 200...299: return isConsent(body) ? .delivered : .later(words, seconds: nil)
      case 408, 425, 429, 500...599: return .later(words, seconds: answer.retryAfter)
      default: return .refused(words)
      }
    }
  }
}

/// Why curl had no answer.
private struct CurlFailure: Error {
  let status: Int32
  let words: String

  init(_ outcome: Program.Outcome) {
    status = outcome.status
    // Behind its first line stands advice, which is to switch all checks off.
    let first = outcome.talk.split(separator: "\n").first.map(String.init) ?? outcome.lastWord
    words =
      [51, 60, 77, 83, 90, 91].contains(status)
      ? "the server does not show who it is: \(first); give the certificate of its authority as "
        + "'ca: FILE' at the channel"
      : String(first.prefix(300))
  }

  /// A wrong address, or a server that is not the one it says: waiting mends neither.
  var isLasting: Bool {
    [1, 2, 3, 51, 53, 54, 58, 59, 60, 66, 77, 80, 82, 83, 90, 91].contains(status)
  }
}
