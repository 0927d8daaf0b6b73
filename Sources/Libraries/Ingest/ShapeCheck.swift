import Bronze
import Columnar
import Core
import JSON
import LakeJobs
import TextFormats

/// Compares JSON objects with the fields that a contract declares; and with what the reader of the
/// table makes of them, which alone says what a column can hold. What a column would lose without a
/// word is set aside at the door.
struct ShapeCheck: Sendable {
  private static let line = "_line"

  private let declared: [Field]
  private let top: Members
  /// Whether a value of the right shape may be one that its column does not hold: a STRING holds
  /// any.
  let holdsTypedValues: Bool

  init(_ contract: BronzeContract) {
    self.init(contract.fieldsInFiles)
  }

  init(_ declared: [Field]) {
    self.declared = declared
    top = Members(declared)
    holdsTypedValues = declared.contains { $0.type.holdsTypedValues }
  }

  /// What the reader makes of `lines`, by the number of the line, from 1; nothing where nothing can
  /// be lost.
  func values(of lines: [UInt8]) throws -> [Int64: [Scalar]] {
    guard holdsTypedValues else { return [:] }
    let reader = try JSONLinesReader(
      MemoryBytes([lines]), schema: Schema(declared),
      options: JSONLinesOptions(
        lineNumberColumn: Self.line, spreadsArrays: false, overlongLines: .cut),
      at: Place("lines"))
    var values: [Int64: [Scalar]] = [:]
    while let batch = try reader.next() {
      for row in 0..<batch.rowCount {
        var scalars = batch.scalars(at: row)
        if case .integer(let line)? = scalars.popLast() { values[line] = scalars }
      }
    }
    return values
  }

  /// How the fields of `object` differ, nested ones too; and what is wrong with a value that its
  /// column does not hold, by the `values` that were read of it.
  func differences(
    of object: JSONObject, _ values: [Scalar]?
  ) -> (drift: [SchemaDrift.Difference], flaw: RejectReason?) {
    var found = FoundDifferences()
    found.compare(object, top, values, "")
    return (found.drift, found.flaw)
  }

  /// The numbers, from 0, of the lines that are objects with a value that its column does not hold.
  func misfits(in lines: [UInt8]) throws -> [Int] {
    let values = try values(of: lines)
    let reader = JSONReader()
    var misfits: [Int] = []
    for (number, line) in lines.split(separator: 0x0A, omittingEmptySubsequences: false)
      .enumerated()
    {
      guard case .object(let object)? = try? reader.read(line),
        differences(of: object, values[Int64(number) + 1]).flaw != nil
      else { continue }
      misfits.append(number)
    }
    return misfits
  }

  /// Why a line is set aside whose fields do not have their shapes.
  func reason(for line: [UInt8]) throws -> RejectReason {
    guard case .object(let object)? = try? JSONReader().read(line[...]) else {
      return RejectReason(.noObject, in: line)
    }
    let (drift, flaw) = differences(of: object, try values(of: line)[1])
    let words = drift.map { difference in
      guard case .repeated(let name, let count) = difference else { return difference.words }
      return "'\(name)' stands \(count) times"
    }
    return flaw ?? RejectReason(.misfit(words.joined(separator: ", ")), in: line)
  }

  /// The column that people call `name`; nil when there is none.
  func column(named name: String) -> Int? { top.names.column(of: name)?.position }

  /// The value that a column has in `object`; of several with one name the last.
  func value(of column: Int, in object: JSONObject) -> JSONValue {
    let position = top.names.match(object.keys).positions[column]
    return position.map { object.members[$0].value } ?? object[declared[column].name] ?? .null
  }
}

extension DataType {
  /// Whether it is, or has below it, a scalar other than text.
  fileprivate var holdsTypedValues: Bool {
    switch self {
    case .string: false
    case .array(let element, _): element.holdsTypedValues
    case .map(_, let value, _): value.holdsTypedValues
    case .structure(let fields): fields.contains { $0.type.holdsTypedValues }
    default: true
    }
  }
}

extension BronzeContract {
  /// The fields that a property names, with commas between them.
  func fields(of property: IngestProperty) -> [String] {
    (self[property] ?? "").split(separator: ",").map { String($0.trimmed) }
      .filter { !$0.isEmpty }
  }
}
