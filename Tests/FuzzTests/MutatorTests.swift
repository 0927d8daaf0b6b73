import TestSupport
import Testing

@Suite struct MutatorTests {
  private static let input = Array(#"{"id":17,"text":"a","list":[1,2,3]}"#.utf8)
  private static let others = [Array("name,age\nx,5\n".utf8), Array("PAR1".utf8)]

  private func inputs(seed: UInt64) -> [[UInt8]] {
    var mutator = Mutator(seed: seed, words: ["null", "{"])
    return (0..<200).map { _ in mutator.mutated(Self.input, others: Self.others) }
  }

  @Test func `a seed does the same again, another one does something else`() {
    #expect(inputs(seed: 7) == inputs(seed: 7))
    #expect(inputs(seed: 7) != inputs(seed: 8))
  }

  @Test func `inputs are damaged in many ways`() {
    let inputs = inputs(seed: 3)
    #expect(Set(inputs).count > 150)
    #expect(inputs.contains { $0.count < Self.input.count })
    #expect(inputs.contains { $0.count > Self.input.count })
    #expect(inputs.contains { $0.count == Self.input.count && $0 != Self.input })
    #expect(inputs.contains { $0.contains { $0 >= 0x80 } })
    #expect(inputs.contains { String(decoding: $0, as: UTF8.self).contains("name,age") })
    #expect(inputs.contains { String(decoding: $0, as: UTF8.self).contains("9223372036854775808") })
  }

  @Test func `nothing grows without end, and nothing can be made of nothing`() {
    var mutator = Mutator(seed: 1, words: ["word"])
    var bytes: [UInt8] = []
    for _ in 0..<2_000 {
      bytes = mutator.mutated(bytes, others: [Array(repeating: 1, count: 10_000)])
      #expect(bytes.count <= Mutator.greatestByteCount)
    }
    #expect(mutator.mutated([], others: []).count > 0)
  }
}
