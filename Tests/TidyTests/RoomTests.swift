import Testing

/// The folders of a library are rooms in an order: none uses another that leads back to it.
///
/// What counts are the types at the top of files: those a room defines against those it names.
/// Files beside the rooms are a room too: the face, which uses the others, or the floor.
@Suite struct RoomTests {
  /// One room's use of a type of another.
  private struct Use {
    let type: String
    let file: SourceFile
    let line: Int
  }

  /// What one folder's rooms use of each other, by user and used.
  private typealias Arrows = [String: [String: [Use]]]

  /// The arrows that close a circle, in each of the folders that hold `files`.
  static func findings(_ files: [SourceFile]) -> [Finding] {
    var folders: Set<String> = []
    for file in files where file.isLibrary && file.isSwift {
      let parts = file.path.split(separator: "/")
      // Sources/Libraries/<Library>/… and each folder below it.
      for count in 3..<max(3, parts.count) {
        folders.insert(parts.prefix(count).joined(separator: "/"))
      }
    }
    return folders.sorted().flatMap { findings(in: $0, files) }
  }

  private static func findings(in folder: String, _ files: [SourceFile]) -> [Finding] {
    let arrows = arrows(in: folder, files)
    let library = folder.split(separator: "/").dropFirst(2).joined(separator: "/")
    return circles(arrows).compactMap { circle in
      let inner = circle.flatMap { user in
        (arrows[user] ?? [:]).filter { circle.contains($0.key) }.map { (user, $0.key, $0.value) }
      }
      // The thinnest arrow is the one to turn, for the least has to move.
      let thinnest = inner.min { ($0.2.count, $0.0, $0.1) < ($1.2.count, $1.0, $1.1) }
      guard let (user, used, uses) = thinnest, let first = uses.first else { return nil }
      return Finding(
        first.file, first.line,
        "room '\(user)' of \(library) uses '\(first.type)' of '\(used)', which leads back to it",
        mend: "move what both need to a room below, or this file to a room above")
    }
  }

  /// The room of `file` in `folder`: the folder in it, or "." beside these.
  private static func room(of file: SourceFile, in folder: String) -> String? {
    guard file.path.hasPrefix(folder + "/") else { return nil }
    let parts = file.path.dropFirst(folder.count + 1).split(separator: "/")
    return parts.count > 1 ? String(parts[0]) : "."
  }

  private static func arrows(in folder: String, _ files: [SourceFile]) -> Arrows {
    let files = files.filter { $0.isSwift }.sorted { $0.path < $1.path }
    var homes: [String: Set<String>] = [:]
    for file in files {
      guard let room = room(of: file, in: folder) else { continue }
      for type in topTypes(file) { homes[type, default: []].insert(room) }
    }
    var arrows: Arrows = [:]
    for file in files {
      guard let room = room(of: file, in: folder) else { continue }
      var seen: Set<Substring> = []
      for (index, line) in file.code.enumerated() {
        for word in words(line) where word.first?.isUppercase == true {
          guard let used = homes[String(word)], !used.contains(room),
            seen.insert(word).inserted
          else { continue }
          for home in used {
            arrows[room, default: [:]][home, default: []].append(
              Use(type: String(word), file: file, line: index))
          }
        }
      }
    }
    return arrows
  }

  /// The types that other files can name: those at the margin which are not private.
  private static func topTypes(_ file: SourceFile) -> [String] {
    file.code.compactMap { line in
      guard let first = line.first, first != " ", first != "}",
        !line.hasPrefix("private "), !line.hasPrefix("fileprivate ")
      else { return nil }
      return declaration(
        line, ["struct", "class", "enum", "protocol", "actor", "typealias"])?.name
    }
  }

  /// The sets of rooms that lead to each other.
  private static func circles(_ arrows: Arrows) -> [Set<String>] {
    var reached: [String: Set<String>] = [:]
    for room in arrows.keys {
      var found: Set<String> = []
      var waiting = [room]
      while let next = waiting.popLast() {
        for used in (arrows[next] ?? [:]).keys where found.insert(used).inserted {
          waiting.append(used)
        }
      }
      reached[room] = found
    }
    var circles: [Set<String>] = []
    for room in arrows.keys.sorted() where !circles.contains(where: { $0.contains(room) }) {
      let circle = (reached[room] ?? []).filter { reached[$0]?.contains(room) == true }
      if circle.contains(room) { circles.append(circle) }
    }
    return circles
  }

  @Test func `no two rooms of a library use each other`() throws {
    expectNone(RoomTests.findings(try SourceFile.all(["Sources/Libraries"], [".swift"])))
  }

  @Test func `an arrow that is turned round is found`() {
    let cellar = ("Cellar/Cask.swift", "package struct Cask {}\n")
    let kitchen = ("Kitchen/Stove.swift", "struct Stove { let cask: Cask }\n")
    let face = ("House.swift", "struct House { let stove: Stove\n  let cask: Cask }\n")
    #expect(findings([cellar, kitchen, face]).isEmpty)
    #expect(
      findings([
        cellar, kitchen, face,
        ("Cellar/Heat.swift", "extension Cask {\n  func warm(_: Stove) {}\n}"),
      ]) == [
        "Sources/Libraries/Inn/Cellar/Heat.swift:2: room 'Cellar' of Inn uses 'Stove' of "
          + "'Kitchen', which leads back to it; move what both need to a room below, or this file "
          + "to a room above"
      ])
  }

  @Test func `a longer way back, files beside the rooms and rooms in rooms count too`() {
    #expect(
      findings([
        ("A/A.swift", "struct A { let b: B }"), ("B/B.swift", "struct B { let c: C }"),
        ("C/C.swift", "struct C { func f() { _ = A.self } }"),
      ]).count == 1)
    #expect(
      findings([
        ("Top.swift", "struct Top { let a: A }"), ("A/A.swift", "struct A { var top: [Top] }"),
      ]).count == 1)
    #expect(
      findings([
        ("R/X/X.swift", "struct X { let y: Y }"), ("R/Y/Y.swift", "enum Y { case x(X) }"),
      ]).count == 1)
  }

  @Test func `comments, texts and private types are no arrows`() {
    #expect(
      findings([
        ("A/A.swift", "// B\nlet a = \"B\"\nprivate struct Tool {}\nstruct A {}"),
        ("B/B.swift", "private struct Tool {}\nstruct B { let a: A }"),
      ]).isEmpty)
  }

  /// What is found in a library `Inn` of these files.
  private func findings(_ files: [(path: String, text: String)]) -> [String] {
    RoomTests.findings(files.map { sample("Sources/Libraries/Inn/\($0.path)", $0.text) })
      .map(\.description)
  }
}
