import Core

/// A path with `*` (any letters), `?` (one letter), `[a-c]` or `[^a-c]` (one of some) and `{a,b}`
/// (one of these) in its names, as Spark has them; `*` passes no slash, nor names that begin with a
/// point or `_`.
struct PathPattern {
  private let parts: [Substring]
  private let isAbsolute: Bool

  init(_ path: String) {
    isAbsolute = path.hasPrefix("/")
    parts = path.split(separator: "/")
  }

  /// The paths that match, in byte order; none when nothing in the path stands for another text.
  func paths(in fileSystem: any FileSystem) throws(Fault) -> [String] {
    guard parts.contains(where: isPattern) else { return [] }
    var found = [isAbsolute ? "/" : ""]
    for part in parts {
      var next: [String] = []
      for folder in found {
        let start = folder.isEmpty || folder == "/" ? folder : "\(folder)/"
        guard isPattern(part) else {
          let path = "\(start)\(part)"
          if try fileSystem.exists(path) { next.append(path) }
          continue
        }
        let alternatives = Self.alternatives(part)
        for name in try fileSystem.list(folder.isEmpty ? "." : folder)
        where !name.hasPrefix(".") && !name.hasPrefix("_")
          && alternatives.contains(where: { Self.matches($0, Array(name)[...]) })
        {
          next.append("\(start)\(name)")
        }
      }
      found = next
    }
    return found
  }

  private func isPattern(_ part: Substring) -> Bool { part.contains { "*?[{".contains($0) } }

  /// The patterns that `a{b,c}` stands for: `ab` and `ac`.
  private static func alternatives(_ part: some StringProtocol) -> [ArraySlice<Character>] {
    guard let open = part.firstIndex(of: "{"),
      let close = part[open...].firstIndex(of: "}")
    else { return [Array(part)[...]] }
    let head = part[..<open]
    let tail = part[part.index(after: close)...]
    return part[part.index(after: open)..<close]
      .split(separator: ",", omittingEmptySubsequences: false)
      .flatMap { alternatives("\(head)\($0)\(tail)") }
  }

  private static func matches(
    _ pattern: ArraySlice<Character>, _ name: ArraySlice<Character>
  ) -> Bool {
    guard let first = pattern.first else { return name.isEmpty }
    let rest = pattern.dropFirst()
    switch first {
    case "*":
      return (0...name.count).contains { matches(rest, name.dropFirst($0)) }
    case "?": return !name.isEmpty && matches(rest, name.dropFirst())
    case "[":
      guard let end = rest.dropFirst().firstIndex(of: "]"), let letter = name.first else {
        return false
      }
      let isExcluding = rest.first == "^" || rest.first == "!"
      let letters = isExcluding ? rest[..<end].dropFirst() : rest[..<end]
      return holds(letters, letter) != isExcluding
        && matches(rest[(end + 1)...], name.dropFirst())
    default: return name.first == first && matches(rest, name.dropFirst())
    }
  }

  /// Whether `letter` is one of `letters`, in which `a-c` is a range.
  private static func holds(_ letters: ArraySlice<Character>, _ letter: Character) -> Bool {
    var rest = letters
    while let first = rest.popFirst() {
      if rest.first == "-", let last = rest.dropFirst().first {
        rest = rest.dropFirst(2)
        if first <= letter, letter <= last { return true }
      } else if first == letter {
        return true
      }
    }
    return false
  }
}
