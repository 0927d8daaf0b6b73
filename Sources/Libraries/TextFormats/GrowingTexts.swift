import CSimdjson
import Columnar

/// The dictionaries of a reader's coded columns, which grow from batch to batch.
struct GrowingTexts {
  private var stages: [Int32: (dictionary: ByteDictionary, growth: ByteDictionary.Growth)] = [:]

  /// The dictionary behind the codes of column `number`; a new one only when it has grown.
  mutating func dictionary(of number: Int32, _ native: medallion_json_column) -> ByteDictionary {
    let stage = stages[number]
    if let stage, stage.dictionary.values.count == native.text_count { return stage.dictionary }
    let offsets: [Int32] = copied(native.text_offsets, native.text_count + 1)
    let bytes: [UInt8] = copied(native.text_bytes, Int(offsets[native.text_count]))
    let growth = stage?.growth ?? ByteDictionary.Growth()
    let dictionary = ByteDictionary(ByteRuns(offsets: offsets, bytes: bytes), stageOf: growth)
    stages[number] = (dictionary, growth)
    return dictionary
  }
}

/// `count` values that lie at `source`.
func copied<Value: BitwiseCopyable>(_ source: UnsafeRawPointer?, _ count: Int) -> [Value] {
  [Value](unsafeUninitializedCapacity: count) { target, filled in
    if count > 0, let source {
      UnsafeMutableRawPointer(target.baseAddress!)
        .copyMemory(from: source, byteCount: count * MemoryLayout<Value>.stride)
    }
    filled = count
  }
}
