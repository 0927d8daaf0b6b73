import Columnar

extension Expression {
  /// Whether computing it for some row can throw.
  var mayFail: Bool {
    contains { part in
      switch part.kind {
      case .call(let function, let arguments):
        !function.isTotal && !Expression.isPlainPattern(function.name, arguments)
      case .cast(let operand, let isTry): !isTry && !operand.castsSafely(to: part.type)
      default: false
      }
    }
  }

  /// Whether a call is LIKE with a pattern that is written out, and has nothing in it that may be
  /// escaped wrongly.
  private static func isPlainPattern(_ name: String, _ arguments: [Expression]) -> Bool {
    guard name == "like" || name == "ilike", arguments.count == 2,
      case .string(let pattern)? = arguments[1].literal
    else { return false }
    return !pattern.contains("\\")
  }

  private func castsSafely(to type: DataType) -> Bool {
    if type == .string { return true }
    // The last days are past the last instant.
    if self.type == .date, type == .timestamp { return false }
    return self.type != .string && TypeCoercion.commonType(self.type, type) == type
  }
}
