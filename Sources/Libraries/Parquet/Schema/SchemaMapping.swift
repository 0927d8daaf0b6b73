import Columnar

/// One leaf of the schema: where its chunk stands in a row group and what its values mean.
struct LeafColumn: Sendable {
  /// The position of its chunk among a row group's chunks.
  var index: Int
  /// The names from the root to the leaf.
  var path: [String]
  var physical: PhysicalType
  /// Bytes of a value of fixed length.
  var typeLength: Int
  var type: DataType
  var conversion: Conversion
  /// The definition level of a value that is there.
  var definition: Int
  /// How many repeated elements stand above it.
  var repetition: Int
}

/// How a column is put together from leaves. `definition` is the level from which on the node
/// itself is there; a list's elements are there from one above it.
indirect enum ColumnShape: Sendable {
  case leaf(LeafColumn)
  case structure(DataType, definition: Int, members: [ColumnShape])
  case list(DataType, definition: Int, elements: ColumnShape)

  /// The leaves below, in file order.
  var leaves: [LeafColumn] {
    switch self {
    case .leaf(let leaf): [leaf]
    case .structure(_, _, let members): members.flatMap(\.leaves)
    case .list(_, _, let elements): elements.leaves
    }
  }

  /// The type of the column.
  var type: DataType {
    switch self {
    case .leaf(let leaf): leaf.type
    case .structure(let type, _, _): type
    case .list(let type, _, _): type
    }
  }
}

/// A file's schema in both tongues: Columnar's fields, and the shape of each.
struct SchemaMapping: Sendable {
  var schema: Schema
  var shapes: [ColumnShape]
  var leafCount: Int

  /// Reads the footer's list of elements; with `key` field ids stand under it in the fields'
  /// metadata.
  init(_ elements: [SchemaElement], numberedBy key: String? = nil) throws(Damage) {
    var walk = SchemaWalk(elements: elements, key: key)
    let root = try walk.node(depth: 0)
    guard walk.position == elements.count else {
      throw Damage("the schema has elements that belong nowhere")
    }
    var fields: [Field] = []
    var shapes: [ColumnShape] = []
    for child in root.children {
      let (field, shape) = try mapped(child, path: [], definition: 0, repetition: 0)
      fields.append(field)
      shapes.append(shape)
    }
    schema = Schema(fields)
    self.shapes = shapes
    leafCount = walk.leafCount
  }
}

/// A schema element with its children.
private struct SchemaNode {
  var element: SchemaElement
  /// Where the field has the element's id.
  var key: String?
  var children: [SchemaNode] = []
  var leafIndex = 0

  /// The field of the node, which is of `type`.
  func field(_ type: DataType, isNullable: Bool) -> Field {
    var field = Field(element.name, type, isNullable: isNullable)
    if let key, let id = element.fieldID { field.metadata[key] = "\(id)" }
    return field
  }

  var isList: Bool { element.logical == .list || element.converted == .list }
  var isMap: Bool {
    element.logical == .map || element.converted == .map || element.converted == .mapKeyValue
  }
}

/// Turns the depth-first list into a tree.
private struct SchemaWalk {
  let elements: [SchemaElement]
  let key: String?
  var position = 0
  var leafCount = 0

  mutating func node(depth: Int) throws(Damage) -> SchemaNode {
    guard position < elements.count else { throw Damage("the schema ends too early") }
    guard depth < 64 else { throw Damage("the schema nests too deep") }
    var node = SchemaNode(element: elements[position], key: key)
    position += 1
    if node.element.physical != nil, depth > 0 {
      node.leafIndex = leafCount
      leafCount += 1
      return node
    }
    guard node.element.childCount <= elements.count - position else {
      throw Damage("the schema ends too early")
    }
    for _ in 0..<node.element.childCount { node.children.append(try self.node(depth: depth + 1)) }
    return node
  }
}

/// The field and shape of `node`, which stands below levels `definition` and `repetition`.
private func mapped(
  _ node: SchemaNode, path: [String], definition: Int, repetition: Int
) throws(Damage) -> (Field, ColumnShape) {
  let path = path + [node.element.name]
  switch node.element.repetition ?? .required {
  case .repeated:
    // A repeated element outside a list group: a list of required elements, never NULL.
    let shape = try content(
      node, path: path, definition: definition + 1, repetition: repetition + 1)
    let type = DataType.array(element: shape.type, containsNull: false)
    return (
      node.field(type, isNullable: false), .list(type, definition: definition, elements: shape)
    )
  case .optional:
    let shape = try content(node, path: path, definition: definition + 1, repetition: repetition)
    return (node.field(shape.type, isNullable: true), shape)
  case .required:
    let shape = try content(node, path: path, definition: definition, repetition: repetition)
    return (node.field(shape.type, isNullable: false), shape)
  }
}

/// The shape of a node whose own repetition is settled: it is there from `definition` on.
private func content(
  _ node: SchemaNode, path: [String], definition: Int, repetition: Int
) throws(Damage) -> ColumnShape {
  guard definition < 256, repetition < 256 else { throw Damage("the schema nests too deep") }
  if node.element.physical != nil {
    return .leaf(
      try LeafColumn(
        node.element, index: node.leafIndex, path: path, definition: definition,
        repetition: repetition))
  }
  guard !node.children.isEmpty else {
    throw .unsupported("column '\(path.joined(separator: "."))' is a group without members")
  }
  if node.children.count == 1, node.children[0].element.repetition == .repeated {
    let path = path + [node.children[0].element.name]
    if node.isList {
      return try list(
        node.children[0], of: node.element.name, path: path, definition: definition,
        repetition: repetition)
    }
    if node.isMap,
      let shape = try map(
        node.children[0], path: path, definition: definition, repetition: repetition)
    {
      return shape
    }
  }
  return try structure(node, path: path, definition: definition, repetition: repetition)
}

private func structure(
  _ node: SchemaNode, path: [String], definition: Int, repetition: Int
) throws(Damage) -> ColumnShape {
  var fields: [Field] = []
  var members: [ColumnShape] = []
  for child in node.children {
    let (field, shape) = try mapped(
      child, path: path, definition: definition, repetition: repetition)
    fields.append(field)
    members.append(shape)
  }
  return .structure(.structure(fields), definition: definition, members: members)
}

/// A list group's shape; `repeated` is its only child, by the rules of the format's
/// backward compatibility either the element itself or a layer around it.
private func list(
  _ repeated: SchemaNode, of name: String, path: [String], definition: Int, repetition: Int
) throws(Damage) -> ColumnShape {
  let isElement =
    repeated.children.count != 1
    || repeated.children[0].element.repetition == .repeated
    || repeated.element.name == "array" || repeated.element.name == name + "_tuple"
  let shape: ColumnShape
  var containsNull = false
  if isElement {
    shape = try content(
      repeated, path: path, definition: definition + 1, repetition: repetition + 1)
  } else {
    let (field, inner) = try mapped(
      repeated.children[0], path: path, definition: definition + 1, repetition: repetition + 1)
    shape = inner
    containsNull = field.isNullable
  }
  return .list(
    .array(element: shape.type, containsNull: containsNull), definition: definition,
    elements: shape)
}

/// A map group's shape; nil when its entries are no pairs. Keys without values make a list.
private func map(
  _ entries: SchemaNode, path: [String], definition: Int, repetition: Int
) throws(Damage) -> ColumnShape? {
  guard entries.children.count == 2 else {
    guard entries.children.count == 1 else { return nil }
    return try list(
      entries, of: "", path: path, definition: definition, repetition: repetition)
  }
  let (key, keyShape) = try mapped(
    entries.children[0], path: path, definition: definition + 1, repetition: repetition + 1)
  let (value, valueShape) = try mapped(
    entries.children[1], path: path, definition: definition + 1, repetition: repetition + 1)
  let type = DataType.map(
    key: key.type, value: value.type, valueContainsNull: value.isNullable)
  return .list(
    type, definition: definition,
    elements: .structure(
      type.elementType, definition: definition + 1, members: [keyShape, valueShape]))
}
