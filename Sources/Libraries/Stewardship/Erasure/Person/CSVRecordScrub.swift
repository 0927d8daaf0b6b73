import Core

/// Takes a person out of records of fields between delimiters.
struct CSVRecordScrub: Sendable {
  private let person: Person
  private let roles: RowRoles
  private let scrub: ValueScrub
  private let delimiter: UInt8
  private let quote: UInt8
  /// The names of the fields where files do not begin with them.
  let header: [UInt8]?

  init(
    _ person: Person, _ roles: RowRoles, _ scrub: ValueScrub, delimiter: UInt8, quote: UInt8,
    header: [UInt8]?
  ) {
    self.person = person
    self.roles = roles
    self.scrub = scrub
    self.delimiter = delimiter
    self.quote = quote
    self.header = header
  }

  /// Whether a field in quotes goes on behind `bytes`.
  func isOpen(_ bytes: ArraySlice<UInt8>) -> Bool {
    !bytes.count { $0 == quote }.isMultiple(of: 2)
  }

  /// Where the record that begins at `start` ends: its line break; nil when it goes on.
  func end(of bytes: [UInt8], from start: Int) -> Int? {
    var isQuoted = false
    for index in start..<bytes.count {
      if bytes[index] == quote { isQuoted.toggle() }
      if bytes[index] == UInt8(ascii: "\n"), !isQuoted { return index }
    }
    return nil
  }

  /// The record without the person; nil when it does not hold it.
  func scrubbed(_ record: ArraySlice<UInt8>, header: [UInt8]) -> [UInt8]? {
    let isEnded = record.last == UInt8(ascii: "\r")
    let fields = fields(of: isEnded ? record.dropLast() : record)
    let names = self.fields(of: header[...]).map { name in
      String(decoding: plain(name), as: UTF8.self).trimmed.lowercased()
    }
    var result = fields.map { Array($0) }
    var isOwned = false
    for (index, name) in names.enumerated() where index < fields.count && roles.keys.contains(name)
    {
      let value = String(decoding: plain(fields[index]), as: UTF8.self)
      guard let substitute = person.substitute(for: value, in: name) else { continue }
      result[index] = Array(substitute.utf8)
      isOwned = true
    }
    for index in fields.indices {
      if isOwned, index < names.count, roles.personal.contains(names[index]) {
        result[index] = plain(fields[index]).isEmpty ? result[index] : Array(Person.substitute.utf8)
      } else if let field = scrub.scrubbed(result[index][...]) {
        result[index] = field.bytes
      }
    }
    guard result != fields.map({ Array($0) }) else { return nil }
    return Array(result.joined(separator: [delimiter])) + (isEnded ? [UInt8(ascii: "\r")] : [])
  }

  private func fields(of record: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var fields: [ArraySlice<UInt8>] = []
    var start = record.startIndex
    var isQuoted = false
    for index in record.indices {
      if record[index] == quote { isQuoted.toggle() }
      guard record[index] == delimiter, !isQuoted else { continue }
      fields.append(record[start..<index])
      start = index + 1
    }
    return fields + [record[start...]]
  }

  private func plain(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    field.count > 1 && field.first == quote && field.last == quote
      ? field.dropFirst().dropLast() : field
  }
}
