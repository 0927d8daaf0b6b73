import Columnar

extension Expression {
  /// Whether computing it for some row can throw.
  var mayFail: Bool {
    contains { part in
      switch part.kind {
      case .call(let function, _): !function.isTotal
      case .cast(let operand, let isTry): !isTry && !operand.castsSafely(to: part.type)
      default: false
      }
    }
  }

  private func castsSafely(to type: DataType) -> Bool {
    if type == .string { return true }
    return self.type != .string && TypeCoercion.commonType(self.type, type) == type
  }
}
