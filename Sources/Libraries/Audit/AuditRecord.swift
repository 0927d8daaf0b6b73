package import Core
import JSON

/// An entry as it stands in the record, a line of JSON:
///
///     {"number":7,"time":…,"uid":1000,"user":"ada","host":…,"tool":…,"version":…,"build":…,
///      "run":…,"kind":"replay","subject":"silver.sales","details":{"why":…},
///      "previous":"<digest of entry 6>","digest":"<digest of this one>"}
///
/// The digest is the SHA-256 of the line without its last member and without its end. By hand, for
/// the entry on line 7:
///
///     sed -n 7p FILE | sed 's/,"digest":"[0-9a-f]*"}$/}/' | tr -d '\n' | sha256sum
package struct AuditRecord: Sendable {
  package let number: Int
  /// By the machine's clock.
  package let time: Timestamp
  /// The clock that the run was given instead.
  package let givenTime: Timestamp?
  package let who: AuditActor
  package let entry: AuditEntry
  /// The digest of the entry before.
  package let previous: String
  package let digest: String

  /// So long a line may be at most: what tells more says where that stands.
  static let lineLimit = 1 << 20

  /// Its place in the chain.
  package var head: AuditHead { AuditHead(number: number, digest: digest) }
}

extension AuditRecord {
  /// The line, with its end, of the entry that follows `head`; and the head that it makes.
  static func line(
    _ entry: AuditEntry, by actor: AuditActor, at time: Timestamp, givenTime: Timestamp?,
    after head: AuditHead
  ) throws(Fault) -> (bytes: [UInt8], head: AuditHead) {
    let number = head.number + 1
    let details = entry.details.map { ($0.name, JSONValue(masked($0.value))) }
    let members: [(String, JSONValue?)] = [
      ("number", JSONValue(number)), ("time", .string("\(time)")),
      ("given_time", givenTime.map { .string("\($0)") }), ("uid", JSONValue(actor.userID)),
      ("user", .string(actor.user)), ("login", actor.login.map { .string($0) }),
      ("host", .string(actor.host)), ("tool", .string(actor.tool)),
      ("version", .string(actor.version)), ("build", actor.build.map { .string($0) }),
      ("run", .string(actor.runID)), ("kind", .string(entry.kind)),
      ("subject", .string(masked(entry.subject))), ("details", .object(JSONObject(details))),
      ("previous", .string(head.digest)),
    ]
    let present = members.compactMap { name, value in value.map { (name, $0) } }
    var bytes = JSONWriter.bytes(.object(JSONObject(present)))
    guard bytes.count < lineLimit - digestMember.count - 128 else {
      throw Fault(
        .internal, "an entry of \(bytes.count) bytes", remedy: "report it with the call")
    }
    let digest = hexText(SHA256.digest(of: bytes))
    bytes.removeLast()
    bytes += digestMember + Array("\(digest)\"}\n".utf8)
    return (bytes, AuditHead(number: number, digest: digest))
  }

  /// Why a line is no entry.
  enum Flaw: Error, Equatable {
    /// It is not what an entry looks like.
    case unreadable
    /// Its digest is not that of its bytes.
    case changed(number: Int)
  }

  private static let digestMember = Array(",\"digest\":\"".utf8)

  /// The entry of a line without its end, or why it is none.
  static func read(
    _ line: ArraySlice<UInt8>, _ reader: JSONReader
  ) -> Result<AuditRecord, Flaw> {
    Result { () throws(Flaw) in try AuditRecord(line: line, reader) }
  }

  private init(line: ArraySlice<UInt8>, _ reader: JSONReader) throws(Flaw) {
    // `,"digest":"`, 64 digits, `"}`
    let tail = line.suffix(AuditRecord.digestMember.count + 66)
    guard tail.starts(with: AuditRecord.digestMember), line.last == UInt8(ascii: "}"),
      let json = try? reader.read(line), let number = json["number"]?.int,
      let time = json["time"]?.string.flatMap({ Timestamp(rfc3339Text: $0) }),
      let kind = json["kind"]?.string, let subject = json["subject"]?.string,
      let details = json["details"]?.object, let previous = json["previous"]?.string,
      let digest = json["digest"]?.string, number > 0
    else { throw .unreadable }
    let body = Array(line.dropLast(tail.count)) + [UInt8(ascii: "}")]
    let stated = String(
      decoding: tail.dropFirst(AuditRecord.digestMember.count).prefix(64), as: UTF8.self)
    guard digest == stated, hexText(SHA256.digest(of: body)) == stated else {
      throw .changed(number: number)
    }
    self.number = number
    self.time = time
    givenTime = json["given_time"]?.string.flatMap { Timestamp(rfc3339Text: $0) }
    who = AuditActor(
      userID: json["uid"]?.int ?? -1, user: json["user"]?.string ?? "",
      login: json["login"]?.string, host: json["host"]?.string ?? "",
      tool: json["tool"]?.string ?? "", version: json["version"]?.string ?? "",
      build: json["build"]?.string, runID: json["run"]?.string ?? "")
    entry = AuditEntry(
      kind: kind, subject: subject, details: details.map { ($0.key, $0.value.string ?? "") })
    self.previous = previous
    self.digest = digest
  }
}
