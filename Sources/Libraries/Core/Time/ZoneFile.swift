import Glibc
import Synchronization

extension ZoneRules {
  /// Zones by the name they were asked by; nil for names that are none.
  private static let known = Mutex<[String: ZoneRules?]>([:])

  /// Names are forgotten when there are more: a table may hold any text where zones should be.
  private static let knownLimit = 4_096

  /// The zone that `name` says: `Z`, `UTC`, an offset (`+02:00`, `UTC+2`), one of Java's short
  /// names (`PST`), or a region in the machine's zone files (`Europe/Berlin`), letter for letter;
  /// nil when there is none.
  package static func named(_ name: String) -> ZoneRules? {
    if let zone = known.withLock({ $0[name] }) { return zone }
    let zone = Timestamp.zoneOffsetSeconds(of: name).map { ZoneRules(offset: $0) } ?? region(name)
    known.withLock { known in
      if known.count >= knownLimit { known = [:] }
      known[name] = .some(zone)
    }
    return zone
  }

  /// That `name` says no zone.
  package static func unknown(_ name: String) -> Fault {
    Fault(
      .data, "'\(name)' is no time zone of this machine",
      remedy: "write a region as \(folder) has it, such as Europe/Berlin, or an offset such as "
        + "+02:00")
  }

  private static let folder = "/usr/share/zoneinfo"

  /// The regions behind Java's short names; those of a fixed offset are known without a file.
  private static let shortNames = [
    "ACT": "Australia/Darwin", "AET": "Australia/Sydney", "AGT": "America/Argentina/Buenos_Aires",
    "ART": "Africa/Cairo", "AST": "America/Anchorage", "BET": "America/Sao_Paulo",
    "BST": "Asia/Dhaka", "CAT": "Africa/Harare", "CNT": "America/St_Johns",
    "CST": "America/Chicago", "CTT": "Asia/Shanghai", "EAT": "Africa/Addis_Ababa",
    "ECT": "Europe/Paris", "IET": "America/Indiana/Indianapolis", "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo", "MIT": "Pacific/Apia", "NET": "Asia/Yerevan", "NST": "Pacific/Auckland",
    "PLT": "Asia/Karachi", "PNT": "America/Phoenix", "PRT": "America/Puerto_Rico",
    "PST": "America/Los_Angeles", "SST": "Pacific/Guadalcanal", "VST": "Asia/Ho_Chi_Minh",
  ]

  private static func region(_ name: String) -> ZoneRules? {
    let path = shortNames[name] ?? name
    // A name is a path below the folder and nothing else; what lies there beside zones is none.
    guard (2...64).contains(path.utf8.count), path.utf8.first.map(isLetter) == true,
      path.utf8.allSatisfy({ isLetter($0) || digitValue($0) <= 9 || "/_+-".utf8.contains($0) }),
      !path.hasPrefix("posix"), !path.hasPrefix("right/"), path != "localtime", path != "Factory"
    else { return nil }
    return bytes(of: "\(folder)/\(path)").flatMap { ZoneRules(zoneFile: $0) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  /// A zone file's bytes; nil when there is none. Zones are part of the machine, like its locale,
  /// and no file of the lake: no test need make them fail.
  private static func bytes(of path: String) -> [UInt8]? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 18)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes.prefix(count))
  }
}

extension ZoneRules {
  /// Reads a zone file (RFC 8536). Numbers are big-endian; times of version 1 have 4 bytes, those
  /// of the second block, from version 2 on, have 8.
  ///
  ///     "TZif" version 15×0 | 6 counts | times | types of times | types | names | leaps | flags
  ///     the same once more with long times | newline, rule for later years, newline
  ///
  ///     counts: UTC flags, standard flags, leap seconds, times, types, bytes of names
  ///     type: offset in 4 bytes, whether it is daylight saving, where its name begins
  init?(zoneFile bytes: [UInt8]) {
    guard let first = ZoneBlock(bytes, at: 0, timeWidth: 4) else { return nil }
    guard first.version >= UInt8(ascii: "2") else {
      guard let zone = first.rules(bytes, yearly: nil) else { return nil }
      self = zone
      return
    }
    guard let second = ZoneBlock(bytes, at: first.end, timeWidth: 8) else { return nil }
    let footer = String(decoding: bytes[second.end...], as: UTF8.self)
    let rule = footer.split(separator: "\n").first.map(String.init)
    let yearly = rule.flatMap { YearlyZoneRule($0) }
    guard rule == nil || yearly != nil, let zone = second.rules(bytes, yearly: yearly) else {
      return nil
    }
    self = zone
  }
}

/// Where the parts of one block of a zone file stand.
private struct ZoneBlock {
  let version: UInt8
  let end: Int
  private let timeCount: Int
  private let typeCount: Int
  private let timeWidth: Int
  private let timesStart: Int

  init?(_ bytes: [UInt8], at start: Int, timeWidth: Int) {
    guard start + 44 <= bytes.count, bytes[start..<start + 4].elementsEqual("TZif".utf8) else {
      return nil
    }
    version = bytes[start + 4]
    let counts = (0..<6).map { Int(bigEndian(bytes, at: start + 20 + 4 * $0, width: 4)) }
    guard counts.allSatisfy({ (0...1 << 16).contains($0) }), counts[4] > 0 else { return nil }
    timeCount = counts[3]
    typeCount = counts[4]
    self.timeWidth = timeWidth
    timesStart = start + 44
    end =
      timesStart + timeCount * (timeWidth + 1) + typeCount * 6 + counts[5]
      + counts[2] * (timeWidth + 4) + counts[1] + counts[0]
    guard end <= bytes.count else { return nil }
  }

  /// The rules that the block holds; nil when a time names a type that is not there.
  func rules(_ bytes: [UInt8], yearly: YearlyZoneRule?) -> ZoneRules? {
    let kindsStart = timesStart + timeCount * timeWidth
    let typesStart = kindsStart + timeCount
    var offsets = [Int32(offset(bytes, typesStart))]
    var times: [Int64] = []
    for index in 0..<timeCount {
      let kind = Int(bytes[kindsStart + index])
      guard kind < typeCount else { return nil }
      times.append(bigEndian(bytes, at: timesStart + index * timeWidth, width: timeWidth))
      offsets.append(Int32(offset(bytes, typesStart + kind * 6)))
    }
    return ZoneRules(transitions: times, offsets: offsets, yearly: yearly)
  }

  private func offset(_ bytes: [UInt8], _ start: Int) -> Int32 {
    Int32(truncatingIfNeeded: bigEndian(bytes, at: start, width: 4))
  }
}

/// A signed number of `width` bytes, the highest first.
private func bigEndian(_ bytes: [UInt8], at start: Int, width: Int) -> Int64 {
  var value: Int64 = bytes[start] & 128 == 0 ? 0 : -1
  for byte in bytes[start..<start + width] { value = value << 8 | Int64(byte) }
  return value
}
