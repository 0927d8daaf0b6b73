import Columnar
import Core

/// What becomes of stored values on their way into a column.
enum Conversion: Hashable, Sendable {
  case none
  /// int32 to fewer bits; unsigned ones to the next wider type.
  case int8
  case int16
  case uint8
  case uint16
  case uint32
  case int32ToInt64
  case uint64ToInt128
  case int64ToInt128
  case millisToMicros
  case nanosToMicros
  /// Big-endian two's complement of any length.
  case bytesToInt64
  case bytesToInt128
  case float16
  case uuid
  /// Days and instants of the old calendar; those of a zone other than UTC only where no zone
  /// matters.
  case oldDays
  case oldMicros(isUTC: Bool)
  case oldMillis(isUTC: Bool)
  /// Units since midnight to text.
  case timeText(TimeUnit)
  case intervalText
  /// A column that is declared to hold nothing but NULL.
  case nothing
}

extension LeafColumn {
  /// The leaf that `element` describes.
  init(
    _ element: SchemaElement, index: Int, path: [String], definition: Int, repetition: Int
  ) throws(Damage) {
    guard let physical = element.physical else { throw Damage("a leaf has no type") }
    if physical == .fixedLengthByteArray {
      guard element.typeLength > 0, element.typeLength <= 1 << 20 else {
        throw Damage("a value of fixed length has \(element.typeLength) bytes")
      }
    }
    var (type, conversion) = try leafType(element, physical, path)
    if type == .date || type == .timestamp {
      conversion = element.calendar.conversion(
        conversion, of: element, as: physical, isDate: type == .date)
    }
    self.init(
      index: index, path: path, physical: physical, typeLength: element.typeLength, type: type,
      conversion: conversion, definition: definition, repetition: repetition)
  }
}

/// The type a leaf is read as. An annotation that does not fit its physical type is passed over.
private func leafType(
  _ element: SchemaElement, _ physical: PhysicalType, _ path: [String]
) throws(Damage) -> (DataType, Conversion) {
  if element.logical == .unknown { return (.null, .nothing) }
  switch physical {
  case .boolean: return (.boolean, .none)
  case .float: return (.float, .none)
  case .double: return (.double, .none)
  case .int96: return (.timestamp, .none)
  case .int32: return try int32Type(element)
  case .int64: return try int64Type(element)
  case .byteArray, .fixedLengthByteArray: return try bytesType(element, physical)
  }
}

private func int32Type(_ element: SchemaElement) throws(Damage) -> (DataType, Conversion) {
  if let type = try decimalType(element) {
    return (type, type.layout == .int64 ? .int32ToInt64 : .int64ToInt128)
  }
  if element.logical == .date || element.converted == .date { return (.date, .none) }
  if element.logical == .time(.millis) || element.converted == .timeMillis {
    return (.string, .timeText(.millis))
  }
  switch element.integer {
  case (8, true): return (.tinyint, .int8)
  case (16, true): return (.smallint, .int16)
  case (8, false): return (.smallint, .uint8)
  case (16, false): return (.int, .uint16)
  case (32, false): return (.bigint, .uint32)
  default: return (.int, .none)
  }
}

private func int64Type(_ element: SchemaElement) throws(Damage) -> (DataType, Conversion) {
  if let type = try decimalType(element) {
    return (type, type.layout == .int64 ? .none : .int64ToInt128)
  }
  if case .timestamp(let unit, _) = element.logical {
    switch unit {
    case .millis: return (.timestamp, .millisToMicros)
    case .micros: return (.timestamp, .none)
    case .nanos: return (.timestamp, .nanosToMicros)
    }
  }
  if case .time(let unit) = element.logical, unit != .millis { return (.string, .timeText(unit)) }
  if element.converted == .timeMicros { return (.string, .timeText(.micros)) }
  if element.converted == .timestampMillis { return (.timestamp, .millisToMicros) }
  if element.converted == .timestampMicros { return (.timestamp, .none) }
  if element.integer == (64, false) { return (.decimal(precision: 20, scale: 0), .uint64ToInt128) }
  return (.bigint, .none)
}

private func bytesType(
  _ element: SchemaElement, _ physical: PhysicalType
) throws(Damage) -> (DataType, Conversion) {
  if let type = try decimalType(element) {
    return (type, type.layout == .int64 ? .bytesToInt64 : .bytesToInt128)
  }
  func isFixed(_ byteCount: Int) -> Bool {
    physical == .fixedLengthByteArray && element.typeLength == byteCount
  }
  switch element.logical {
  case .string, .json, .enum: return (.string, .none)
  case .uuid where isFixed(16): return (.string, .uuid)
  case .float16 where isFixed(2): return (.float, .float16)
  default: break
  }
  switch element.converted {
  case .utf8, .json, .enum: return (.string, .none)
  case .interval where isFixed(12): return (.string, .intervalText)
  default: return (.binary, .none)
  }
}

/// The decimal that the element is annotated as, if it is.
private func decimalType(_ element: SchemaElement) throws(Damage) -> DataType? {
  var precision = element.precision
  var scale = element.scale
  if case .decimal(let logicalScale, let logicalPrecision) = element.logical {
    precision = logicalPrecision
    scale = logicalScale
  } else if element.converted != .decimal {
    return nil
  }
  guard precision > 0, scale >= 0, scale <= precision else {
    throw Damage("a decimal has \(precision) digits, \(scale) of them after the point")
  }
  guard precision <= Decimal.maximumPrecision else {
    throw .unsupported("a decimal has \(precision) digits")
  }
  return .decimal(precision: precision, scale: scale)
}

extension SchemaElement {
  /// Bits and signedness of an annotated whole number, (0, true) for others.
  fileprivate var integer: (bitWidth: Int, isSigned: Bool) {
    if case .integer(let bitWidth, let isSigned) = logical { return (bitWidth, isSigned) }
    switch converted {
    case .int8: return (8, true)
    case .int16: return (16, true)
    case .int32: return (32, true)
    case .int64: return (64, true)
    case .uint8: return (8, false)
    case .uint16: return (16, false)
    case .uint32: return (32, false)
    case .uint64: return (64, false)
    default: return (0, true)
    }
  }
}

extension OldCalendar {
  /// The conversion of a leaf that is converted by `conversion` in the present calendar.
  fileprivate func conversion(
    _ conversion: Conversion, of element: SchemaElement, as physical: PhysicalType, isDate: Bool
  ) -> Conversion {
    if physical == .int96 { return holdsInt96 ? .oldMicros(isUTC: isUTC) : conversion }
    guard holdsDates else { return conversion }
    if isDate { return .oldDays }
    // A wall clock was never written in the old calendar.
    if case .timestamp(_, isUTC: false) = element.logical { return conversion }
    switch conversion {
    case .none: return .oldMicros(isUTC: isUTC)
    case .millisToMicros: return .oldMillis(isUTC: isUTC)
    default: return conversion
    }
  }
}
