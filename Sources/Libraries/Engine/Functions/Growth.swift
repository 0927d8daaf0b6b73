import Columnar
import Core

/// Counts what one call makes of a batch. A function whose result may be far larger than its
/// arguments asks it before it makes anything, so that neither a row of a stranger's data nor a
/// number in a query decides how much memory a run takes.
final class GrowthMeter {
  private let name: String
  private let allowance: Int
  private var asked = 0

  init(_ name: String, _ context: EvaluationContext) {
    self.name = name
    // No column has room for more.
    allowance = min(context.allowance, 2_147_483_632)
  }

  /// Whether there is room for `count` times `size` bytes more, which are counted.
  func hasRoom(for count: Int, of size: Int = 1) -> Bool {
    let (bytes, isTooMuch) = count.multipliedReportingOverflow(by: size)
    let (sum, isOverflow) = asked.addingReportingOverflow(bytes)
    asked = isTooMuch || isOverflow ? Int.max : sum
    return asked <= allowance
  }

  /// Counts `count` times `size` bytes more, or refuses them.
  func take(_ count: Int, of size: Int = 1) throws(Fault) {
    _ = hasRoom(for: count, of: size)
    try check()
  }

  /// Throws if more was asked for than there is room.
  func check() throws(Fault) {
    guard asked > allowance else { return }
    let amount = asked == Int.max ? "more bytes than there are" : "\(asked) bytes"
    throw dataFault(
      "'\(name)' would make \(amount) of one batch of rows, and may make \(allowance)",
      remedy: "make less of each row, or give the run more with --memory: a quarter is for one call"
    )
  }
}

extension FunctionCatalog {
  /// One row's arguments, none of them NULL, and the meter that is asked for room.
  typealias GrowingEvaluation = @Sendable ([Scalar], GrowthMeter) throws -> Scalar

  /// A function computed row by row, whose result may be larger than its arguments.
  static func growingFunction(
    _ name: String, _ types: [DataType], required: Int? = nil, _ result: DataType,
    evaluate: @escaping GrowingEvaluation
  ) -> ScalarBinding {
    function(
      name, types, required: required, result, evaluate: growingRows(name, result, evaluate))
  }

  /// The same of what takes less than what becomes its types unasked.
  static func growingFunction(
    _ name: String, _ parameters: Parameters, _ types: [DataType], _ result: DataType,
    evaluate: @escaping GrowingEvaluation
  ) -> ScalarBinding {
    function(
      name, parameters, types, result, evaluate: growingRows(name, result, evaluate))
  }

  /// Evaluates `row` for each row without a NULL argument, with one meter for all.
  static func growingRows(
    _ name: String, _ result: DataType, _ row: @escaping GrowingEvaluation
  ) -> Evaluation {
    { columns, count, context in
      let meter = GrowthMeter(name, context)
      return try eachRow(result, columns, count) { values in try row(values, meter) }
    }
  }
}

extension Scalar {
  /// Bytes that a value takes while rows are computed one by one, about.
  var byteCount: Int {
    switch self {
    case .string(let text): 40 + text.utf8.count
    case .binary(let bytes): 40 + bytes.count
    case .list(let values), .structure(let values): values.reduce(40) { $0 + $1.byteCount }
    default: 40
    }
  }
}

extension EvaluationContext {
  /// The same for what joins texts that are there already: a batch of them is large where each row
  /// is, and more than this no column holds.
  var holdingText: EvaluationContext {
    EvaluationContext(clock: clock, place: place, allowance: max(allowance, 512 << 20))
  }
}

extension Column {
  /// Bytes in memory, about; a dictionary that batches share counts nothing.
  var byteCount: Int {
    let bits = validity == nil ? 0 : count / 8
    switch values {
    case .boolean: return bits + count
    case .int32: return bits + 4 * count
    case .dictionary(_, let dictionary):
      let own = dictionary.isOfOneBatch ? dictionary.values.bytes.count : 0
      return bits + 4 * count + own
    case .int64, .double: return bits + 8 * count
    case .int128: return bits + 16 * count
    case .bytes(let runs): return bits + 4 * count + runs.bytes.count
    case .list(_, let elements): return bits + 4 * count + elements.byteCount
    case .structure(let members): return members.reduce(bits) { $0 + $1.byteCount }
    }
  }
}

extension [Column] {
  /// Bytes of the columns' text with each row's value written out, about.
  var flatByteCount: Int {
    reduce(0) { sum, column in
      switch column.values {
      case .bytes(let runs): return sum + runs.bytes.count
      case .dictionary(let codes, let dictionary):
        let (most, isTooMuch) = codes.count.multipliedReportingOverflow(
          by: dictionary.values.bytes.count)
        if !isTooMuch, most < 1 << 20 { return sum + most }
        let offsets = dictionary.values.offsets
        return codes.reduce(sum) { $0 + Int(offsets[Int($1) + 1] - offsets[Int($1)]) }
      default: return sum
      }
    }
  }
}
