package import Core

/// A POST of JSON over HTTP, as curl is told of it.
package struct WebRequest: Sendable {
  package var address: String
  package var body: [UInt8]
  package var headers: [String]
  /// The certificate of the authority that vouches for the server; nil for the machine's.
  let authority: String?

  /// A request to `address`; `.configuration` when that is none, or leads over a network where all
  /// can read it, and `route` does not say that it may: then it is told. The address itself may be
  /// a secret, so no message repeats it.
  package init(
    to address: String, _ body: [UInt8], headers: [String] = [], by route: Channel.Route = .init()
  ) throws(Fault) {
    let scheme = address.prefix { $0 != ":" }.lowercased()
    guard ["http", "https"].contains(scheme), address.contains("://"),
      address.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
    else {
      throw Fault(
        .configuration, "the channel's address is no http:// or https:// address",
        remedy: "put the address that the service gave there, without blanks or line breaks")
    }
    self.address = address
    self.body = body
    self.headers = headers
    authority = route.authority
    guard scheme == "http", let server = WebRequest.server(of: address),
      !WeakTransport.isLocal(WebRequest.host(of: server))
    else { return }
    guard route.isUnencrypted else {
      throw Fault(
        .configuration, "the channel's address is http://, which all on the way can read",
        remedy: "take the https:// one, or write 'unencrypted: true' at the channel")
    }
    try WeakTransport.tell(server, "http://")
  }

  /// The host of `HOST:PORT`.
  private static func host(of server: String) -> String {
    String(server[..<(server.lastIndex(of: ":") ?? server.endIndex)])
  }

  /// The server of an address as `HOST:PORT`; nil when it is none of the web.
  package static func server(of address: String) -> String? {
    let scheme = address.prefix { $0 != ":" }.lowercased()
    guard ["http", "https"].contains(scheme), let mark = address.firstRange(of: "://") else {
      return nil
    }
    let authority = address[mark.upperBound...].prefix { !"/?#".contains($0) }
    let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] }
    let name = String(host ?? authority)
    let hasPort = name.split(separator: "]").last?.contains(":") ?? false
    return hasPort ? name : "\(name):\(scheme == "https" ? 443 : 80)"
  }

  /// What `curl -K -` reads: nothing secret stands in the arguments, which every user may see.
  func settings(patience: Int) -> String {
    let headers = ["Content-Type: application/json"] + self.headers
    let lines =
      [
        "url = \(Self.quoted(address))", "request = \"POST\"", "silent", "show-error",
        "proto = \"=http,https\"", "tlsv1.2", "connect-timeout = \(min(10, patience))",
        "max-time = \(patience)",
        #"write-out = "\n%{http_code} %header{retry-after}""#,
      ] + (authority.map { ["cacert = \(Self.quoted($0))"] } ?? [])
      + headers.map { "header = \(Self.quoted($0))" } + [
        "data-binary = \(Self.quoted(String(decoding: body, as: UTF8.self)))"
      ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// `text` as a setting of curl's: signs and letters stand for themselves.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for sign in text.unicodeScalars {
      switch sign {
      case "\\": quoted += "\\\\"
      case "\"": quoted += "\\\""
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      default: quoted.unicodeScalars.append(sign)
      }
    }
    return quoted + "\""
  }
}

/// What a web server said.
package struct WebAnswer: Equatable, Sendable {
  package var status: Int
  package var body: String
  /// How many seconds it asked to wait.
  package var retryAfter: Int64?

  /// The answer in what curl wrote: the body, and on the last line status and `Retry-After`.
  init?(curlOutput text: String, now: Timestamp) {
    guard let end = text.lastIndex(of: "\n") else { return nil }
    let last = text[text.index(after: end)...]
    guard let status = Int(last.prefix { $0 != " " }) else { return nil }
    self.status = status
    body = String(text[..<end])
    let wait = String(last.drop { $0 != " " }.trimmed)
    retryAfter = Int64(wait) ?? HTTPDate.seconds(until: wait, from: now)
    if let retryAfter, retryAfter < 0 { self.retryAfter = nil }
  }

  package init(status: Int, body: String = "", retryAfter: Int64? = nil) {
    self.status = status
    self.body = body
    self.retryAfter = retryAfter
  }
}

/// Dates as HTTP has them: `Wed, 21 Oct 2026 07:28:00 GMT`.
enum HTTPDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// How many seconds after `now` the date that `text` spells is; nil when it spells none.
  static func seconds(until text: String, from now: Timestamp) -> Int64? {
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT", let day = Int(words[1]), let year = Int(words[3]),
      let month = months.firstIndex(of: String(words[2])),
      let date = CivilDate(year: year, month: month + 1, day: day),
      let time = Timestamp(rfc3339Text: "\(date)T\(words[4])Z")
    else { return nil }
    return max(0, time.secondCount(since: now))
  }
}
