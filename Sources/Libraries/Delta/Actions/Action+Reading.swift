import Core
import JSON

extension Action {
  /// The action that one line of a commit holds; nil for a line without one.
  /// Throws `.data` when the action lacks what the protocol requires.
  init?(_ line: JSONValue, at place: Place) throws(Fault) {
    guard let members = line.object?.members else { throw Action.malformed("a line", at: place) }
    guard let member = members.first(where: { !$0.value.isNull }) else { return nil }
    let body = member.value
    switch member.key {
    case "add": self = .add(try AddedFile(body, at: place))
    case "remove": self = .remove(try RemovedFile(body, at: place))
    case "metaData": self = .metadata(try TableMetadata(body, at: place))
    case "protocol": self = .tableProtocol(try TableProtocol(body, at: place))
    case "txn": self = .transaction(try ApplicationTransaction(body, at: place))
    case "commitInfo": self = .commitInfo(CommitRecord(value: body))
    case "domainMetadata": self = .domainMetadata(try DomainMetadata(body, at: place))
    case "sidecar": self = .sidecar(try SidecarFile(body, at: place))
    case "cdc": self = .changeFile(try ChangeFile(body, at: place))
    default: self = .other(member.key)
    }
  }

  static func malformed(_ what: String, at place: Place) -> Fault {
    Fault(
      .data, at: place, "\(what) of the table's log is not what the Delta protocol allows",
      remedy: "restore the log file from a copy")
  }
}

extension TableProtocol {
  init(_ body: JSONValue, at place: Place) throws(Fault) {
    self.init(
      readerVersion: Int(try body.requiredInt64("minReaderVersion", in: "protocol", at: place)),
      writerVersion: Int(try body.requiredInt64("minWriterVersion", in: "protocol", at: place)),
      readerFeatures: body["readerFeatures"]?.array?.compactMap(\.string),
      writerFeatures: body["writerFeatures"]?.array?.compactMap(\.string))
  }
}

extension TableMetadata {
  init(_ body: JSONValue, at place: Place) throws(Fault) {
    if let provider = body["format"]?["provider"]?.string, provider != "parquet" {
      throw Fault(
        .data, at: place, "the table's files have format '\(provider)', not parquet",
        remedy: "convert the table to parquet files")
    }
    self.init(
      id: body["id"]?.string ?? "", name: body["name"]?.string,
      description: body["description"]?.string,
      // A table that has never been written may have none yet.
      schemaText: body["schemaString"]?.string ?? "",
      partitionColumns: body["partitionColumns"]?.array?.compactMap(\.string) ?? [],
      configuration: (body["configuration"]?.textMap ?? [:]).compactMapValues { $0 },
      createdTime: body["createdTime"]?.int64)
  }
}

extension AddedFile {
  /// How many bytes or rows one file may have: to four tebi.
  static let counts: ClosedRange<Int64> = 0...(1 << 42)

  /// The number of a checkpoint, or the nearest that a file may have; 0 where there is none.
  static func count(_ stored: Int64?) -> Int {
    Int(min(max(stored ?? 0, counts.lowerBound), counts.upperBound))
  }

  init(_ body: JSONValue, at place: Place) throws(Fault) {
    self.init(
      path: try body.requiredPath(in: "add", at: place),
      partitionValues: body["partitionValues"]?.textMap ?? [:],
      byteCount: try body.requiredCount("size", in: "add", at: place),
      modificationTime: body["modificationTime"]?.int64 ?? 0,
      dataChange: body["dataChange"]?.bool ?? true, statisticsText: body["stats"]?.string,
      tags: body["tags"]?.textMap,
      deletionVector: try DeletionVectorDescriptor(optional: body["deletionVector"], at: place))
  }
}

extension RemovedFile {
  init(_ body: JSONValue, at place: Place) throws(Fault) {
    self.init(
      path: try body.requiredPath(in: "remove", at: place),
      deletionTimestamp: body["deletionTimestamp"]?.int64,
      dataChange: body["dataChange"]?.bool ?? true,
      partitionValues: body["partitionValues"]?.textMap, byteCount: body["size"]?.int,
      statisticsText: body["stats"]?.string,
      deletionVector: try DeletionVectorDescriptor(optional: body["deletionVector"], at: place))
  }
}

extension ChangeFile {
  init(_ body: JSONValue, at place: Place) throws(Fault) {
    self.init(
      path: try body.requiredPath(in: "cdc", at: place),
      partitionValues: body["partitionValues"]?.textMap ?? [:],
      byteCount: AddedFile.count(body["size"]?.int64))
  }
}

extension SidecarFile {
  fileprivate init(_ body: JSONValue, at place: Place) throws(Fault) {
    self.init(
      path: try body.requiredPath(in: "sidecar", at: place),
      byteCount: AddedFile.count(body["sizeInBytes"]?.int64),
      modificationTime: body["modificationTime"]?.int64 ?? 0)
  }
}

extension DeletionVectorDescriptor {
  fileprivate init?(optional body: JSONValue?, at place: Place) throws(Fault) {
    guard let body, !body.isNull else { return nil }
    let what = "deletionVector"
    self.init(
      storageType: try body.requiredText("storageType", in: what, at: place),
      pathOrInline: try body.requiredText("pathOrInlineDv", in: what, at: place),
      offset: body["offset"]?.int64.map { AddedFile.count($0) },
      byteCount: try body.requiredCount("sizeInBytes", in: what, at: place),
      rowCount: try body.requiredCount("cardinality", in: what, at: place))
  }
}

extension ApplicationTransaction {
  init(_ body: JSONValue, at place: Place) throws(Fault) {
    self.init(
      application: try body.requiredText("appId", in: "txn", at: place),
      version: try body.requiredInt64("version", in: "txn", at: place),
      lastUpdated: body["lastUpdated"]?.int64)
  }
}

extension DomainMetadata {
  init(_ body: JSONValue, at place: Place) throws(Fault) {
    self.init(
      domain: try body.requiredText("domain", in: "domainMetadata", at: place),
      configuration: body["configuration"]?.string ?? "", isRemoved: body["removed"]?.bool ?? false)
  }
}

extension JSONValue {
  /// An object of strings and nulls, as the log's maps are; other values as their JSON text.
  var textMap: [String: String?]? {
    guard let object else { return nil }
    var map: [String: String?] = [:]
    for (key, value) in object {
      map.updateValue(value.isNull ? nil : value.plainText, forKey: key)
    }
    return map
  }

  /// A string's text, or the JSON text of another value.
  var plainText: String { string ?? JSONWriter.text(self) }

  fileprivate func required(
    _ key: String, in action: String, at place: Place
  ) throws(Fault) -> JSONValue {
    guard let value = self[key], !value.isNull else {
      throw Fault(
        .data, at: place, "'\(action)' lacks '\(key)'", remedy: "restore the log file from a copy")
    }
    return value
  }

  fileprivate func requiredPath(in action: String, at place: Place) throws(Fault) -> String {
    let path = try requiredText("path", in: action, at: place)
    guard !path.isEmpty else { throw Action.malformed("'path' of '\(action)'", at: place) }
    return path
  }

  fileprivate func requiredText(
    _ key: String, in action: String, at place: Place
  ) throws(Fault) -> String {
    guard let text = try required(key, in: action, at: place).string else {
      throw Action.malformed("'\(key)' of '\(action)'", at: place)
    }
    return text
  }

  /// A number of bytes or rows of one file. What no file has is refused here, so that what is
  /// summed up later stays a number.
  fileprivate func requiredCount(
    _ key: String, in action: String, at place: Place
  ) throws(Fault) -> Int {
    let number = try requiredInt64(key, in: action, at: place)
    guard AddedFile.counts.contains(number) else {
      throw Action.malformed("'\(key)' of '\(action)'", at: place)
    }
    return Int(number)
  }

  fileprivate func requiredInt64(
    _ key: String, in action: String, at place: Place
  ) throws(Fault) -> Int64 {
    guard let number = try required(key, in: action, at: place).int64 else {
      throw Action.malformed("'\(key)' of '\(action)'", at: place)
    }
    return number
  }
}
