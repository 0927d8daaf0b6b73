import Core

/// Which program a process runs: the identity that the linker put into its file (a GNU build id),
/// so that a record tells one build of a version from another.
enum ProgramIdentity {
  /// This process's; nil where its file has none.
  static var own: String? {
    guard let file = try? LocalFileSystem().open("/proc/self/exe") else { return nil }
    return identity(of: file)
  }

  /// Notes are a few dozen bytes; a table of segments has a dozen.
  private static let noteLimit = 1 << 16
  private static let segmentLimit = 64

  /// The identity in an ELF file of 64 bits, least byte first.
  static func identity(of file: any ReadableFile) -> String? {
    guard let head = try? file.read(at: 0, count: 64), head.count == 64,
      head.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1])
    else { return nil }
    let start = number(head[32..<40])
    let size = number(head[54..<56])
    let count = min(number(head[56..<58]), segmentLimit)
    guard size >= 56, start < 1 << 40 else { return nil }
    for index in 0..<count {
      guard let segment = try? file.read(at: start + index * size, count: size),
        segment.count == size, number(segment[0..<4]) == 4
      else { continue }
      let place = number(segment[8..<16])
      let length = min(number(segment[32..<40]), noteLimit)
      guard place < 1 << 40, let notes = try? file.read(at: place, count: length) else { continue }
      if let found = identity(in: notes) { return found }
    }
    return nil
  }

  /// The note of kind 3 that the name `GNU` stands before.
  private static func identity(in notes: [UInt8]) -> String? {
    var index = 0
    while index + 12 <= notes.count {
      let nameCount = number(notes[index..<index + 4])
      let count = number(notes[index + 4..<index + 8])
      let kind = number(notes[index + 8..<index + 12])
      let name = index + 12
      let value = name + (nameCount + 3) / 4 * 4
      guard value + count <= notes.count else { return nil }
      if kind == 3, notes[name..<name + nameCount].elementsEqual("GNU\0".utf8) {
        return hexText(notes[value..<value + count])
      }
      index = value + (count + 3) / 4 * 4
    }
    return nil
  }

  /// What the bytes stand for, the least first; one of eight bytes at most, and no negative one.
  private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
    Int(clamping: bytes.reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) })
  }
}
