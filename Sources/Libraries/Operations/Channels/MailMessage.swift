package import Core

/// A message as mail: a text that any sendmail takes.
///
/// Names that strangers chose stand in it, so the subject is encoded as RFC 2047 has it whenever it
/// is more than plain letters, and the text as quoted-printable, in which no line is a lone dot,
/// too long, or beyond ASCII.
package struct MailMessage {
  private let message: AlertMessage
  private let sender: String
  private let receivers: [String]

  package init(_ message: AlertMessage, from sender: String, to receivers: [String]) {
    self.message = message
    self.sender = sender
    self.receivers = receivers
  }

  /// Throws `.configuration` at `place` unless `text` is an address of mail that can stand in a
  /// header and among a program's arguments.
  package static func check(address text: String, at place: Place) throws(Fault) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, !text.hasPrefix("-"),
      text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && !"<>,;:\"()\\".utf8.contains($0) })
    else {
      throw Fault(
        .configuration, at: place, "'\(text)' is no mail address",
        remedy: "write it as name@example.com")
    }
  }

  /// The mail, headers first.
  package var text: String {
    // All that is told of one problem is one thread.
    let thread = "<\(message.id.prefix(64))@medallion.invalid>"
    var headers = [
      "From: \(sender)", "To: \(receivers.joined(separator: ", "))",
      "Subject: \(Self.encoded(subject: fitted(message.headline, 200)))",
      "Date: \(Self.date(message.at))", "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable",
      "Auto-Submitted: auto-generated", "X-Medallion-Alert: \(message.id.prefix(64))",
    ]
    switch message.action {
    case .trigger: headers.append("Message-ID: \(thread)")
    case .escalate, .acknowledge, .resolve:
      headers += ["In-Reply-To: \(thread)", "References: \(thread)"]
    case .rehearse, .heartbeat: break
    }
    return headers.joined(separator: "\n") + "\n\n" + Self.quotedPrintable(body)
  }

  private var body: String {
    var parts = [shown(message.headline)]
    if !message.detail.isEmpty { parts.append(shownLines(message.detail)) }
    let width = message.facts.map(\.name.count).max() ?? 0
    parts.append(
      message.facts.map { fact in
        let margin = String(repeating: " ", count: width - fact.name.count)
        return "\(fact.name)\(margin)  \(shown(fact.value))"
      }.joined(separator: "\n"))
    parts.append(
      message.steps.map { "\($0.meaning):\n    \(shown($0.command))" }.joined(separator: "\n\n"))
    parts.append("\(message.source), alert \(message.id.prefix(12))")
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  /// `text` as a header's value: as it is where it is plain, else in encoded words, each of whole
  /// letters and at most 75 characters long.
  static func encoded(subject text: String) -> String {
    let text = shown(text)
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) && !text.contains("=?") { return text }
    var words: [String] = []
    var piece: [UInt8] = []
    for sign in text {
      let bytes = Array(String(sign).utf8)
      if piece.count + bytes.count > 42, !piece.isEmpty {
        words.append("=?UTF-8?B?\(base64(piece))?=")
        piece = []
      }
      piece += bytes
    }
    words.append("=?UTF-8?B?\(base64(piece))?=")
    return words.joined(separator: "\n ")
  }

  /// `text` in RFC 2045's quoted-printable, lines of at most 76 characters.
  static func quotedPrintable(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF")
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var lines: [String] = []
      var current = ""
      let bytes = Array(line.utf8)
      for (index, byte) in bytes.enumerated() {
        let isLast = index == bytes.count - 1
        let isPlain =
          (0x21..<0x7F).contains(byte) && byte != UInt8(ascii: "=")
          || byte == 0x20 && !isLast
        // A dot at the start of a line may end a mail.
        let word =
          isPlain && !(current.isEmpty && byte == UInt8(ascii: "."))
          ? String(UnicodeScalar(byte))
          : "=\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        if current.utf8.count + word.utf8.count > 75 {
          lines.append(current + "=")
          current = word == "." ? "=2E" : word
        } else {
          current += word
        }
      }
      return (lines + [current]).joined(separator: "\n")
    }.joined(separator: "\n")
  }

  /// `bytes` in base 64.
  static func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    var start = 0
    while start < bytes.count {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let number = (0..<3).reduce(0) { sum, offset in
        sum << 8 | (start + offset < bytes.count ? Int(bytes[start + offset]) : 0)
      }
      for place in 0..<4 {
        text.append(place <= group.count ? letters[number >> (18 - 6 * place) & 63] : "=")
      }
      start += 3
    }
    return text
  }

  /// `Mon, 30 Nov 2026 06:30:00 +0000`.
  static func date(_ time: Timestamp) -> String {
    let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let (year, month, day) = time.date.components
    let second = Int(time.microsecondOfDay / Timestamp.microsecondsPerSecond)
    let clock =
      "\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
    // Day 0, 1 January 1970, was a Thursday.
    let weekday = (Int(time.date.dayNumber) % 7 + 7 + 3) % 7
    return "\(days[weekday]), \(day) \(months[month - 1]) \(year) \(clock) +0000"
  }
}
