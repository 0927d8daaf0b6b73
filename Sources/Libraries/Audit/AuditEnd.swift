package import Core
import JSON

/// Where the record ends now, and what is wrong there: what the next entry follows.
struct AuditEnd {
  /// The number of the newest file; 0 where there is none.
  var fileNumber = 0
  /// How many bytes it has.
  var byteCount = 0
  /// What the next entry follows.
  var head = AuditHead.none
  /// What stands behind the last whole entry, and how many bytes that is.
  var torn: (count: Int, digest: String)?
  /// The numbers of entries that were written once and are gone from the end.
  var missing: ClosedRange<Int>?

  /// What the record is to tell of it, which mends it: what was torn is accounted for, and the
  /// chain goes on behind what is gone, so that it is whole again once that is put back.
  var mending: AuditEntry? {
    var details: [(String, String)] = []
    if let torn {
      details += [("torn_bytes", "\(torn.count)"), ("torn_sha256", torn.digest)]
    }
    if let missing {
      details.append(("missing", "\(missing.lowerBound)-\(missing.upperBound)"))
    }
    return details.isEmpty
      ? nil
      : AuditEntry(
        kind: AuditEntry.OwnKind.mend, subject: "\(padded(fileNumber, 6)).ndjson",
        details: details.map { (name: $0.0, value: $0.1) })
  }
}

extension AuditFolder {
  /// An entry is looked for in so many bytes at the end.
  private static let searchLimit = 8 << 20

  /// Looks at the end of the newest file, and at what is known of it.
  func end() throws(Fault) -> AuditEnd {
    var end = AuditEnd()
    if let number = try numbers().last {
      let file = try files.open(path(of: number))
      end.fileNumber = number
      end.byteCount = file.byteCount
      try readBackwards(file, path(of: number), &end)
    }
    // A head that was not written yet is older than the end.
    if let known = try head(), known.number >= end.head.number, known != end.head {
      end.missing = min(end.head.number + 1, known.number)...known.number
      end.head = known
    }
    return end
  }

  /// The last entry that there is, or was; nil before the first.
  package func lastHead() throws(Fault) -> AuditHead? {
    let head = try end().head
    return head.number == 0 ? nil : head
  }

  /// Finds the last whole entry, in as little of the file as that takes.
  private func readBackwards(
    _ file: any ReadableFile, _ path: String, _ end: inout AuditEnd
  ) throws(Fault) {
    let reader = JSONReader()
    var window = 1 << 14
    while true {
      let start = max(0, file.byteCount - window)
      let bytes = try file.read(at: start, count: file.byteCount - start)
      var lineEnd = bytes.count
      while lineEnd > 0 {
        // What a line without its end is, counts as much as one with it.
        let isEnded = bytes[lineEnd - 1] == AuditLines.newline
        let stop = isEnded ? lineEnd - 1 : lineEnd
        let before = bytes[..<stop].lastIndex(of: AuditLines.newline)
        guard before != nil || start == 0 else { break }
        let line = bytes[(before.map { $0 + 1 } ?? 0)..<stop]
        if case .success(let record) = AuditRecord.read(line, reader) {
          end.head = record.head
          end.torn = torn(bytes[lineEnd...])
          return
        }
        lineEnd = before.map { $0 + 1 } ?? 0
      }
      guard start > 0, window < Self.searchLimit else { break }
      window *= 4
    }
    throw Fault(
      .data, at: Place(path), "no entry stands at the end of this file",
      remedy: "see 'audit verify', and put the file back from a copy")
  }

  private func torn(_ bytes: ArraySlice<UInt8>) -> (count: Int, digest: String)? {
    let bytes = bytes.last == AuditLines.newline ? bytes.dropLast() : bytes
    return bytes.isEmpty ? nil : (bytes.count, hexText(SHA256.digest(of: Array(bytes))))
  }
}
