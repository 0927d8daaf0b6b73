package import Core
import YAML

/// `subjects.yml`: by which keys persons are known in the tables, and who may have one erased.
///
///     subjects:
///       customer: {key: customer_id, also: [loyalty_id]}
///     approvers:
///       m.weber: 9f1c…            # an Ed25519 public key, 64 hexadecimal digits
///
/// A key is the name of a column, or of a member of a record, that holds it in whatever table. Keys
/// that stand together in one row are of one person.
package struct SubjectsFile: Sendable {
  /// What it is called in a job folder.
  package static let fileName = "subjects.yml"

  /// A kind of persons.
  package struct Kind: Sendable, Hashable {
    package var name: String
    /// The columns that hold their keys, the main one first; in lower case.
    package var keys: [String]
  }

  package let path: String
  package let kinds: [Kind]
  /// The public keys of those who may approve, by name.
  package let approvers: [String: [UInt8]]

  /// Reads that of a job folder; `.configuration` when there is none.
  package init(jobsFolder: String, _ files: any FileSystem) throws(Fault) {
    path = "\(jobsFolder)/\(Self.fileName)"
    guard try files.exists(path) else {
      throw Fault(
        .configuration, at: Place(path), "nothing says by which columns persons are known",
        remedy: "write 'subjects: {customer: {key: customer_id}}', with the names of yours")
    }
    let root = try YAMLFile(path, fileSystem: files).root
      .members(allowed: ["subjects", "approvers"])
    var kinds: [Kind] = []
    for (name, value) in try root["subjects"]?.members() ?? [] {
      let members = try value.members(allowed: ["key", "also"])
      try NameRule.check(table: name, at: value.place)
      let key = try SourcesFile.required("key", members, value).text()
      let more = try members["also"]?.texts() ?? []
      kinds.append(Kind(name: name, keys: ([key] + more).map { $0.lowercased() }))
    }
    self.kinds = kinds
    var approvers: [String: [UInt8]] = [:]
    for (name, value) in try root["approvers"]?.members() ?? [] {
      guard let key = bytes(ofHex: try value.text()), key.count == 32 else {
        throw Fault(
          .configuration, at: value.place, "'\(name)' has no public key of 64 hexadecimal digits",
          remedy: "write what 'openssl pkey -pubout -outform DER | tail -c 32 | xxd -p -c 32' says")
      }
      approvers[name] = key
    }
    self.approvers = approvers
  }

  /// The person that `text` names: `customer=C1`, or the key alone where there is one kind.
  package func subject(_ text: String) throws(Fault) -> (kind: Kind, key: String) {
    if let sign = text.firstIndex(of: "="),
      let kind = kinds.first(where: { $0.name == text[..<sign] })
    {
      return (kind, String(text[text.index(after: sign)...]))
    }
    guard kinds.count == 1, !text.isEmpty else {
      let names = kinds.map { "\($0.name)=KEY" }.joined(separator: " or ")
      throw Fault(
        .usage, "'\(text)' does not say what kind of person it names", remedy: "write \(names)")
    }
    return (kinds[0], text)
  }
}
