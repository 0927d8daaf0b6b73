extension FileMetadata {
  /// Writes the footer, without its length and the file's last mark.
  func write(to writer: inout CompactWriter) {
    writer.structure { writer in
      writer.field(1, version)
      writer.field(2, schema) { $1.writeMembers(to: &$0) }
      writer.field(3, Int64(rowCount))
      writer.field(4, rowGroups) { $1.writeMembers(to: &$0) }
      if !keyValues.isEmpty {
        writer.field(5, keyValues) { writer, pair in
          writer.field(1, pair.key)
          writer.field(2, pair.value)
        }
      }
      if let createdBy { writer.field(6, createdBy) }
      // Each leaf is ordered as its type defines.
      let leaves = schema.filter { $0.physical != nil }
      writer.field(7, leaves) { writer, _ in writer.field(1) { _ in } }
    }
  }
}

extension SchemaElement {
  fileprivate func writeMembers(to writer: inout CompactWriter) {
    if let physical { writer.field(1, physical.rawValue) }
    if physical == .fixedLengthByteArray { writer.field(2, Int32(typeLength)) }
    if let repetition { writer.field(3, repetition.rawValue) }
    writer.field(4, name)
    if physical == nil { writer.field(5, Int32(childCount)) }
    if let converted { writer.field(6, converted.rawValue) }
    if converted == .decimal {
      writer.field(7, Int32(scale))
      writer.field(8, Int32(precision))
    }
    if let fieldID { writer.field(9, Int32(clamping: fieldID)) }
    if let logical { logical.write(to: &writer) }
  }
}

extension LogicalType {
  fileprivate func write(to writer: inout CompactWriter) {
    writer.field(10) { writer in
      switch self {
      case .string: writer.field(1) { _ in }
      case .map: writer.field(2) { _ in }
      case .list: writer.field(3) { _ in }
      case .enum: writer.field(4) { _ in }
      case .decimal(let scale, let precision):
        writer.field(5) { writer in
          writer.field(1, Int32(scale))
          writer.field(2, Int32(precision))
        }
      case .date: writer.field(6) { _ in }
      case .time(let unit): writer.field(7) { unit.write(to: &$0, isUTC: true) }
      case .timestamp(let unit, let isUTC): writer.field(8) { unit.write(to: &$0, isUTC: isUTC) }
      case .integer(let bitWidth, let isSigned):
        writer.field(10) { writer in
          writer.field(1, byte: Int8(bitWidth))
          writer.field(2, isSigned)
        }
      case .unknown: writer.field(11) { _ in }
      case .json: writer.field(12) { _ in }
      case .bson: writer.field(13) { _ in }
      case .uuid: writer.field(14) { _ in }
      case .float16: writer.field(15) { _ in }
      case .other: preconditionFailure("a type that is not known is not written")
      }
    }
  }
}

extension TimeUnit {
  fileprivate func write(to writer: inout CompactWriter, isUTC: Bool) {
    writer.field(1, isUTC)
    writer.field(2) { $0.field(rawValue) { _ in } }
  }
}

extension RowGroupMetadata {
  fileprivate func writeMembers(to writer: inout CompactWriter) {
    writer.field(1, chunks) { $1.writeMembers(to: &$0) }
    writer.field(2, Int64(byteCount))
    writer.field(3, Int64(rowCount))
    if let fileOffset { writer.field(5, Int64(fileOffset)) }
    if let compressedByteCount { writer.field(6, Int64(compressedByteCount)) }
  }
}

extension ChunkMetadata {
  fileprivate func writeMembers(to writer: inout CompactWriter) {
    writer.field(2, Int64(dictionaryPageOffset ?? dataPageOffset))
    writer.field(3) { writer in
      writer.field(1, physical?.rawValue ?? 0)
      writer.field(2, encodings)
      writer.field(3, path)
      writer.field(4, codec)
      writer.field(5, Int64(valueCount))
      writer.field(6, Int64(uncompressedByteCount))
      writer.field(7, Int64(compressedByteCount))
      writer.field(9, Int64(dataPageOffset))
      if let dictionaryPageOffset { writer.field(11, Int64(dictionaryPageOffset)) }
      if let bounds { writer.field(12) { bounds.writeMembers(to: &$0) } }
    }
  }
}

extension ChunkBounds {
  fileprivate func writeMembers(to writer: inout CompactWriter) {
    if let nullCount { writer.field(3, nullCount) }
    if let maximum { writer.field(5, maximum) }
    if let minimum { writer.field(6, minimum) }
    if maximum != nil { writer.field(7, isMaximumExact ?? true) }
    if minimum != nil { writer.field(8, isMinimumExact ?? true) }
  }
}

extension PageHeader {
  /// Writes the header of a dictionary page or of a data page of version 1.
  func write(to writer: inout CompactWriter) {
    writer.structure { writer in
      writer.field(1, (kind ?? .data).rawValue)
      writer.field(2, Int32(uncompressedByteCount))
      writer.field(3, Int32(compressedByteCount))
      if let checksum { writer.field(4, Int32(bitPattern: checksum)) }
      if kind == .dictionary {
        writer.field(7) { writer in
          writer.field(1, Int32(valueCount))
          writer.field(2, encoding)
        }
      } else {
        writer.field(5) { writer in
          writer.field(1, Int32(valueCount))
          writer.field(2, encoding)
          writer.field(3, definitionEncoding)
          writer.field(4, repetitionEncoding)
        }
      }
    }
  }
}
