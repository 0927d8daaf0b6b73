import Core
import Yams

/// A YAML file as a tree that knows where each value stands, so that a fault can say so.
struct YAMLFile {
  let path: String
  let root: YAMLValue

  /// Reads `path`; `.missing` when it is not there, `.configuration` when it is not YAML.
  init(_ path: String, fileSystem: any FileSystem) throws(Fault) {
    self.path = path
    let bytes = try fileSystem.read(path)
    do {
      let node = try Yams.compose(yaml: String(decoding: bytes, as: UTF8.self))
      root = YAMLValue(node: node ?? Node("", Tag(.null)), path: path)
    } catch let error as YamlError {
      throw Fault(
        .configuration, at: Place(path), "not valid YAML: \(Self.firstLine("\(error)"))",
        remedy: "mend the indentation or the quotes there")
    } catch {
      throw Fault(.configuration, at: Place(path), "not valid YAML", remedy: "check the file")
    }
  }

  private static func firstLine(_ text: String) -> String {
    text.split(separator: "\n").joined(separator: " ")
  }
}

/// One value of a YAML file.
struct YAMLValue {
  let node: Node
  let path: String

  var place: Place {
    Place(path, line: node.mark?.line, column: node.mark?.column)
  }

  /// The members of a mapping, in order; a null is an empty mapping.
  func members() throws(Fault) -> [(key: String, value: YAMLValue)] {
    if isNull { return [] }
    guard let mapping = node.mapping else { throw wrong("a mapping") }
    var members: [(key: String, value: YAMLValue)] = []
    for (key, value) in mapping {
      guard let name = key.string else { throw wrong("a mapping with text keys") }
      members.append((name, YAMLValue(node: value, path: path)))
    }
    return members
  }

  /// The members of a mapping whose keys must be among `allowed`.
  func members(allowed: [String]) throws(Fault) -> [String: YAMLValue] {
    var found: [String: YAMLValue] = [:]
    for (key, value) in try members() {
      guard allowed.contains(key) else {
        throw Fault(
          .configuration, at: value.place, "'\(key)' is not a key here",
          remedy: "use one of \(allowed.joined(separator: ", "))")
      }
      found[key] = value
    }
    return found
  }

  func list() throws(Fault) -> [YAMLValue] {
    guard let sequence = node.sequence else { throw wrong("a list") }
    return sequence.map { YAMLValue(node: $0, path: path) }
  }

  func text() throws(Fault) -> String {
    guard let scalar = node.scalar else { throw wrong("a text") }
    return scalar.string
  }

  /// A list of texts; a single text counts as a list of one.
  func texts() throws(Fault) -> [String] {
    if node.scalar != nil { return [try text()] }
    var texts: [String] = []
    for value in try list() { texts.append(try value.text()) }
    return texts
  }

  func integer() throws(Fault) -> Int {
    guard let value = Int(try text()) else { throw wrong("a whole number") }
    return value
  }

  var isNull: Bool { node.null != nil || node.scalar?.string.isEmpty == true }
  var isList: Bool { node.sequence != nil }
  var isMapping: Bool { node.mapping != nil }

  func wrong(_ expected: String) -> Fault {
    Fault(
      .configuration, at: place, "this is not \(expected)", remedy: "write \(expected) here")
  }
}
