package import JSON

extension Action {
  /// The action as a line of a commit holds it; members stand in a fixed order.
  package var json: JSONValue {
    switch self {
    case .commitInfo(let record): return ["commitInfo": record.value]
    case .tableProtocol(let value): return ["protocol": value.json]
    case .metadata(let value): return ["metaData": value.json]
    case .add(let value): return ["add": value.json]
    case .remove(let value): return ["remove": value.json]
    case .transaction(let value): return ["txn": value.json]
    case .domainMetadata(let value): return ["domainMetadata": value.json]
    case .sidecar(let value): return ["sidecar": value.json]
    case .changeFile(let value): return ["cdc": value.json]
    case .other(let name): return [name: [:]]
    }
  }
}

extension TableProtocol {
  var json: JSONValue {
    var members = Members()
    members.add("minReaderVersion", JSONValue(readerVersion))
    members.add("minWriterVersion", JSONValue(writerVersion))
    members.add("readerFeatures", readerFeatures.map { .array($0.map { .string($0) }) })
    members.add("writerFeatures", writerFeatures.map { .array($0.map { .string($0) }) })
    return members.object
  }
}

extension TableMetadata {
  var json: JSONValue {
    var members = Members()
    members.add("id", .string(id))
    members.add("name", name.map { .string($0) })
    members.add("description", description.map { .string($0) })
    members.add("format", ["provider": "parquet", "options": [:]])
    members.add("schemaString", .string(schemaText))
    members.add("partitionColumns", .array(partitionColumns.map { .string($0) }))
    members.add("configuration", .textMap(configuration))
    members.add("createdTime", createdTime.map { JSONValue($0) })
    return members.object
  }
}

extension AddedFile {
  var json: JSONValue {
    var members = Members()
    members.add("path", .string(path))
    members.add("partitionValues", .textMap(partitionValues))
    members.add("size", JSONValue(byteCount))
    members.add("modificationTime", JSONValue(modificationTime))
    members.add("dataChange", .bool(dataChange))
    members.add("stats", statisticsText.map { .string($0) })
    members.add("tags", tags.map { .textMap($0) })
    members.add("deletionVector", deletionVector?.json)
    return members.object
  }
}

extension RemovedFile {
  var json: JSONValue {
    var members = Members()
    members.add("path", .string(path))
    members.add("deletionTimestamp", deletionTimestamp.map { JSONValue($0) })
    members.add("dataChange", .bool(dataChange))
    members.add("extendedFileMetadata", partitionValues.map { _ in .bool(true) })
    members.add("partitionValues", partitionValues.map { .textMap($0) })
    members.add("size", byteCount.map { JSONValue($0) })
    members.add("stats", statisticsText.map { .string($0) })
    members.add("deletionVector", deletionVector?.json)
    return members.object
  }
}

extension ChangeFile {
  var json: JSONValue {
    [
      "path": .string(path), "partitionValues": .textMap(partitionValues),
      "size": JSONValue(byteCount), "dataChange": .bool(false),
    ]
  }
}

extension SidecarFile {
  var json: JSONValue {
    [
      "path": .string(path), "sizeInBytes": JSONValue(byteCount),
      "modificationTime": JSONValue(modificationTime),
    ]
  }
}

extension DeletionVectorDescriptor {
  var json: JSONValue {
    var members = Members()
    members.add("storageType", .string(storageType))
    members.add("pathOrInlineDv", .string(pathOrInline))
    members.add("offset", offset.map { JSONValue($0) })
    members.add("sizeInBytes", JSONValue(byteCount))
    members.add("cardinality", JSONValue(rowCount))
    return members.object
  }
}

extension ApplicationTransaction {
  var json: JSONValue {
    var members = Members()
    members.add("appId", .string(application))
    members.add("version", JSONValue(version))
    members.add("lastUpdated", lastUpdated.map { JSONValue($0) })
    return members.object
  }
}

extension DomainMetadata {
  var json: JSONValue {
    [
      "domain": .string(domain), "configuration": .string(configuration),
      "removed": .bool(isRemoved),
    ]
  }
}

/// The members of an object in the making; absent values leave no member.
struct Members {
  private var list: [(String, JSONValue)] = []

  mutating func add(_ key: String, _ value: JSONValue?) {
    if let value { list.append((key, value)) }
  }

  var object: JSONValue { .object(JSONObject(list)) }
}

extension JSONValue {
  /// An object of strings and nulls in the order of its keys, so that equal maps give equal bytes.
  static func textMap(_ map: [String: String?]) -> JSONValue {
    .object(JSONObject(map.mapValues { $0.map { .string($0) } ?? .null }))
  }

  static func textMap(_ map: [String: String]) -> JSONValue {
    .object(JSONObject(map.mapValues { .string($0) }))
  }
}
