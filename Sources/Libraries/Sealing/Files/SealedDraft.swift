import Core

/// A draft whose bytes are sealed on their way to another.
final class SealedDraft: DraftFile {
  private(set) var byteCount = 0
  private let draft: any DraftFile
  private let form: SealedForm
  private let sealer = ValueSealer()
  private var pending: [UInt8] = []
  private var blockCount = 0
  private var hasHead = false

  init(_ draft: any DraftFile, _ key: DataKey) {
    self.draft = draft
    form = SealedForm(key)
  }

  func append(_ bytes: [UInt8]) throws(Fault) {
    byteCount += bytes.count
    pending += bytes
    var start = 0
    // What may be the last block waits.
    while pending.count - start > SealedForm.blockByteCount {
      try write(pending[start..<start + SealedForm.blockByteCount], isLast: false)
      start += SealedForm.blockByteCount
    }
    if start > 0 { pending.removeFirst(start) }
  }

  func publish() throws(Fault) -> FilePublication {
    try write(pending[...], isLast: true)
    pending = []
    return try draft.publish()
  }

  func discard() { draft.discard() }

  private func write(_ block: ArraySlice<UInt8>, isLast: Bool) throws(Fault) {
    var sealed: [UInt8] = hasHead ? [] : form.head
    hasHead = true
    sealer.seal(
      block, with: form.key, for: form.place(of: blockCount, isLast: isLast), into: &sealed)
    blockCount += 1
    try draft.append(sealed)
  }
}
