extension FileMetadata {
  init(_ reader: inout CompactReader) throws(Damage) {
    try reader.structure { (reader, id, kind) throws(Damage) in
      switch (id, kind) {
      case (1, .int32): version = try reader.int32()
      case (2, .list):
        schema = try reader.structures { (reader) throws(Damage) in try SchemaElement(&reader) }
      case (3, .int64): rowCount = try reader.count()
      case (4, .list):
        rowGroups = try reader.structures { (reader) throws(Damage) in
          try RowGroupMetadata(&reader)
        }
      case (5, .list):
        keyValues = try reader.structures { (reader) throws(Damage) in try keyValue(&reader) }
      case (6, .binary): createdBy = try reader.string()
      case (8, _):
        isEncrypted = true
        return false
      default: return false
      }
      return true
    }
  }
}

private func keyValue(_ reader: inout CompactReader) throws(Damage) -> (key: String, value: String)
{
  var result = (key: "", value: "")
  try reader.structure { (reader, id, kind) throws(Damage) in
    switch (id, kind) {
    case (1, .binary): result.key = try reader.string()
    case (2, .binary): result.value = try reader.string()
    default: return false
    }
    return true
  }
  return result
}

extension SchemaElement {
  init(_ reader: inout CompactReader) throws(Damage) {
    try reader.structure { (reader, id, kind) throws(Damage) in
      switch (id, kind) {
      case (1, .int32):
        let code = try reader.int32()
        guard let type = PhysicalType(rawValue: code) else {
          throw .unsupported("physical type \(code) is unknown")
        }
        physical = type
      case (2, .int32): typeLength = try reader.smallCount()
      case (3, .int32): repetition = Repetition(rawValue: try reader.int32())
      case (4, .binary): name = try reader.string()
      case (5, .int32): childCount = try reader.smallCount()
      case (6, .int32): converted = ConvertedType(rawValue: try reader.int32())
      case (7, .int32): scale = Int(try reader.int32())
      case (8, .int32): precision = Int(try reader.int32())
      case (9, .int32): fieldID = Int(try reader.int32())
      case (10, .structure): logical = try logicalType(&reader)
      default: return false
      }
      return true
    }
  }
}

/// Reads the union: one field, whose id is the type.
private func logicalType(_ reader: inout CompactReader) throws(Damage) -> LogicalType? {
  var result: LogicalType?
  try reader.structure { (reader, id, kind) throws(Damage) in
    guard kind == .structure else { return false }
    var numbers: [Int: Int] = [:]
    var flags: [Int: Bool] = [:]
    try reader.structure { (reader, member, kind) throws(Damage) in
      switch kind {
      case .yes, .no: flags[member] = kind == .yes
      case .int32: numbers[member] = Int(try reader.int32())
      case .byte:
        numbers[member] = Int(try reader.smallInteger())
      case .structure:
        try reader.structure { (_, unit, _) throws(Damage) in
          numbers[member] = unit
          return false
        }
      default: return false
      }
      return true
    }
    result = logicalType(id, numbers, flags)
    return true
  }
  return result
}

private func logicalType(_ id: Int, _ numbers: [Int: Int], _ flags: [Int: Bool]) -> LogicalType {
  switch id {
  case 1: .string
  case 2: .map
  case 3: .list
  case 4: .enum
  case 5: .decimal(scale: numbers[1] ?? 0, precision: numbers[2] ?? 0)
  case 6: .date
  case 7: .time(TimeUnit(rawValue: numbers[2] ?? 0) ?? .micros)
  case 8: .timestamp(TimeUnit(rawValue: numbers[2] ?? 0) ?? .micros, isUTC: flags[1] ?? true)
  case 10: .integer(bitWidth: numbers[1] ?? 0, isSigned: flags[2] ?? true)
  case 11: .unknown
  case 12: .json
  case 13: .bson
  case 14: .uuid
  case 15: .float16
  default: .other(id)
  }
}

extension RowGroupMetadata {
  init(_ reader: inout CompactReader) throws(Damage) {
    try reader.structure { (reader, id, kind) throws(Damage) in
      switch (id, kind) {
      case (1, .list):
        chunks = try reader.structures { (reader) throws(Damage) in try ChunkMetadata(&reader) }
      case (2, .int64): byteCount = Int(try reader.integer())
      case (3, .int64): rowCount = try reader.count()
      case (5, .int64): fileOffset = Int(try reader.integer())
      case (6, .int64): compressedByteCount = Int(try reader.integer())
      default: return false
      }
      return true
    }
  }
}

extension ChunkMetadata {
  init(_ reader: inout CompactReader) throws(Damage) {
    try reader.structure { (reader, id, kind) throws(Damage) in
      switch (id, kind) {
      case (1, .binary): filePath = try reader.string()
      case (3, .structure): try readColumn(&reader)
      case (8, _), (9, _):
        isEncrypted = true
        return false
      default: return false
      }
      return true
    }
  }

  private mutating func readColumn(_ reader: inout CompactReader) throws(Damage) {
    try reader.structure { (reader, id, kind) throws(Damage) in
      switch (id, kind) {
      case (1, .int32): physical = PhysicalType(rawValue: try reader.int32())
      case (2, .list):
        try reader.list { (reader, kind) throws(Damage) in
          guard kind == .int32 else { throw Damage("metadata has a list of another type") }
          encodings.append(try reader.int32())
        }
      case (3, .list):
        try reader.list { (reader, kind) throws(Damage) in
          guard kind == .binary else { throw Damage("metadata has a list of another type") }
          path.append(try reader.string())
        }
      case (4, .int32): codec = try reader.int32()
      case (5, .int64): valueCount = try reader.count()
      case (6, .int64): uncompressedByteCount = try reader.count()
      case (7, .int64): compressedByteCount = try reader.count()
      case (9, .int64): dataPageOffset = try reader.count()
      case (11, .int64): dictionaryPageOffset = try reader.count()
      case (12, .structure): bounds = try ChunkBounds(&reader)
      default: return false
      }
      return true
    }
  }
}

extension ChunkBounds {
  init(_ reader: inout CompactReader) throws(Damage) {
    try reader.structure { (reader, id, kind) throws(Damage) in
      switch (id, kind) {
      case (1, .binary): oldMaximum = try reader.binary()
      case (2, .binary): oldMinimum = try reader.binary()
      case (3, .int64): nullCount = try reader.integer()
      case (5, .binary): maximum = try reader.binary()
      case (6, .binary): minimum = try reader.binary()
      case (7, .yes), (7, .no): isMaximumExact = kind == .yes
      case (8, .yes), (8, .no): isMinimumExact = kind == .yes
      default: return false
      }
      return true
    }
  }
}

extension PageHeader {
  init(_ reader: inout CompactReader) throws(Damage) {
    try reader.structure { (reader, id, kind) throws(Damage) in
      switch (id, kind) {
      case (1, .int32): self.kind = Kind(rawValue: try reader.int32())
      case (2, .int32): uncompressedByteCount = try reader.smallCount()
      case (3, .int32): compressedByteCount = try reader.smallCount()
      case (4, .int32): checksum = UInt32(bitPattern: try reader.int32())
      case (5, .structure), (7, .structure): try readVersion1(&reader)
      case (8, .structure): try readVersion2(&reader)
      default: return false
      }
      return true
    }
  }

  /// A data page header of version 1, or a dictionary page header: the same first members.
  private mutating func readVersion1(_ reader: inout CompactReader) throws(Damage) {
    try reader.structure { (reader, id, kind) throws(Damage) in
      switch (id, kind) {
      case (1, .int32): valueCount = try reader.smallCount()
      case (2, .int32): encoding = try reader.int32()
      case (3, .int32): definitionEncoding = try reader.int32()
      case (4, .int32): repetitionEncoding = try reader.int32()
      default: return false
      }
      return true
    }
  }

  private mutating func readVersion2(_ reader: inout CompactReader) throws(Damage) {
    try reader.structure { (reader, id, kind) throws(Damage) in
      switch (id, kind) {
      case (1, .int32): valueCount = try reader.smallCount()
      case (4, .int32): encoding = try reader.int32()
      case (5, .int32): definitionByteCount = try reader.smallCount()
      case (6, .int32): repetitionByteCount = try reader.smallCount()
      case (7, .yes), (7, .no): isCompressed = kind == .yes
      default: return false
      }
      return true
    }
  }
}
