/// Something handed to one thread, which alone uses it from then on.
package struct Disconnected<Value>: @unchecked Sendable {
  package let value: Value

  package init(_ value: Value) { self.value = value }
}
