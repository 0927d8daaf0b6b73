import Bronze
import Core
import Database
package import Engine
import JSON
package import LakeJobs
import LakeQuery
import Sealing
package import WarehouseJobs

/// Has a person leave a lake and its warehouse: every version of every table, raw files, what was
/// set aside, memories, logs.
///
/// 1. `plan` looks for the person and counts what stands where; nothing is changed.
/// 2. Somebody else signs the plan's fingerprint (`ErasureApproval`).
/// 3. `apply` notes what it is about to do, goes through all places, each file replaced as a whole,
///    destroys the person's keys of sealed columns, and searches for what is left. Stopped
///    anywhere, it is called again and goes on. At its end nothing but a certificate and the keyed
///    hashes of keys (`ErasureRecord`) tells that there was somebody.
///
/// Every key gets one substitute in all places, so that rows that belonged together still do: sums
/// and counts stay, and what a full refresh makes of bronze is what stands in the tables.
package struct Erasure {
  private let workspace: Workspace
  private let warehouse: WarehousePlace?
  private let context: QueryContext
  private let subjects: SubjectsFile
  private let secret: [UInt8]
  /// What a test does to the session of the warehouse.
  var watching: (any Connection) -> any Connection = { $0 }
  private var lake: Lake { workspace.lake }

  /// Of the lake of `workspace`, and the warehouse at `warehouse`, if there is one; `secret` is
  /// that of the keyed hashes by which erased persons are known again.
  package init(
    _ workspace: Workspace, _ warehouse: WarehousePlace?, _ context: QueryContext,
    _ subjects: SubjectsFile, secret: [UInt8]
  ) {
    self.workspace = workspace
    self.warehouse = warehouse
    self.context = context
    self.subjects = subjects
    self.secret = secret
  }

  /// What there is of the person that `key` names; `.missing` when there is nothing.
  package func plan(
    _ kind: SubjectsFile.Kind, _ key: String, madeBy name: String
  ) throws -> ErasurePlan {
    let search = try PersonSearch(workspace, context)
    guard let person = try search.person(kind, [kind.keys[0]: [key]]) else {
      throw Fault(
        .missing, "no table knows the \(kind.name) '\(key)'",
        remedy: "see how the key is written: lake-sql \"SELECT … WHERE \(kind.keys[0]) = …\"")
    }
    let work = ErasureWork(lake, person, nil) { search.roles(of: $0, kind) }
    return ErasurePlan(
      kind: kind.name, key: key, substitutes: person.keys, madeBy: name, madeAt: lake.clock.now,
      places: try sweep(work))
  }

  /// Does what an approved plan says; what it did. `tell` hears of each place as it is done.
  package func apply(
    _ plan: ErasurePlan, _ approval: ErasureApproval, _ tell: (ErasedPlace) -> Void = { _ in }
  ) throws -> ErasureCertificate {
    try apply(plan, approvedBy: approval.approver, tell)
  }

  /// Erases once more whom the lake's record tells of and the lake has again, as after a restore;
  /// what was done. Nobody has to approve it again. With `fingerprints` only those of these plans.
  package func eraseAgain(
    _ fingerprints: [String]? = nil, _ tell: (ErasedPlace) -> Void = { _ in }
  ) throws -> [ErasureCertificate] {
    let records = try records().filter { fingerprints?.contains($0.fingerprint) ?? true }
    if records.isEmpty { return [] }
    let known = try KnownKeys(workspace, warehouse, context).matching(records, secret: secret)
    var certificates: [ErasureCertificate] = []
    for record in records {
      let order = Order(
        fingerprint: record.fingerprint, kind: try kind(record.kind), madeBy: "restore",
        approvedBy: record.approvedBy, token: record.substitutes.values.flatMap(\.keys).min() ?? "")
      // One that was stopped has changed keys already, and is gone on with by its notes.
      let isBegun = try ErasureNotes(record.fingerprint, lake).person() != nil
      guard isBegun || known[record.fingerprint] != nil else { continue }
      certificates.append(try carryOut(order, known[record.fingerprint] ?? [:], tell))
    }
    return certificates
  }

  // MARK: Work

  /// One erasure that is to be done.
  private struct Order {
    var fingerprint: String
    var kind: SubjectsFile.Kind
    var madeBy: String
    var approvedBy: String
    /// The keyed hash of the person's key.
    var token: String
  }

  /// What `apply` does once it is known who approved it.
  package func apply(
    _ plan: ErasurePlan, approvedBy approver: String, _ tell: (ErasedPlace) -> Void
  ) throws -> ErasureCertificate {
    // Where others are told by hashes of another secret, this one would be, too.
    _ = try records()
    let kind = try kind(plan.kind)
    let order = Order(
      fingerprint: plan.fingerprint, kind: kind, madeBy: plan.madeBy, approvedBy: approver,
      token: ErasureRecord.token(of: plan.key, in: kind.keys[0], secret: secret))
    var substitutes = plan.substitutes
    if substitutes[kind.keys[0]]?[plan.key] == nil {
      substitutes[kind.keys[0], default: [:]][plan.key] = Person.newSubstitute(for: plan.key)
    }
    return try carryOut(order, substitutes, tell)
  }

  /// Takes the person of these keys out of everything, or goes on with it.
  private func carryOut(
    _ order: Order, _ substitutes: [String: [String: String]], _ tell: (ErasedPlace) -> Void
  ) throws -> ErasureCertificate {
    let locks = try ErasureLocks(workspace)
    defer { locks.unlock() }
    let notes = ErasureNotes(order.fingerprint, lake)
    let search = try PersonSearch(workspace, context)
    let person = try notes.person() ?? found(substitutes, order.kind, search)
    try notes.keep(person)
    try record(of: order, person).add(to: recordPath, lake.fileSystem)
    let work = ErasureWork(lake, person, notes.journal) { search.roles(of: $0, order.kind) }
    var places = try sweep(work, tell)
    // Now nothing is sealed with them any more but what nobody reaches.
    let keys = try destroyKeys(of: person)
    keys.forEach(tell)
    places += keys
    let searched = try LakeSearch(lake, person.scrub).search()
    guard searched.found.isEmpty else {
      throw Fault(
        .verdict, at: Place(searched.found[0]),
        "the person still stands in \(counted(searched.found.count, "file"))",
        remedy: "see what wrote it, take it out there, and run this again")
    }
    let certificate = ErasureCertificate(
      fingerprint: order.fingerprint, kind: order.kind.name, token: order.token,
      madeBy: order.madeBy, approvedBy: order.approvedBy, erasedAt: lake.clock.now,
      places: places, searchedFiles: searched.fileCount,
      searchedBytes: searched.byteCount, kept: searched.kept)
    try notes.finish(with: certificate)
    return certificate
  }

  /// The person as the lake has it now, with the substitutes that were given out for it.
  private func found(
    _ substitutes: [String: [String: String]], _ kind: SubjectsFile.Kind, _ search: PersonSearch
  ) throws -> Person {
    var person =
      try search.person(kind, substitutes.mapValues { Set($0.keys) })
      ?? Person(kind: kind.name, keys: [:], values: [])
    for (column, keys) in substitutes {
      for (key, substitute) in keys { person.keys[column, default: [:]][key] = substitute }
    }
    return person
  }

  private func kind(_ name: String) throws(Fault) -> SubjectsFile.Kind {
    guard let kind = subjects.kinds.first(where: { $0.name == name }) else {
      throw Fault(
        .configuration, at: Place(subjects.path), "'\(name)' is no kind of persons any more",
        remedy: "put it back, or make the plan anew")
    }
    return kind
  }

  private var recordPath: String { "\(lake.root)/\(ErasureFolder.record)" }

  /// What the lake's record tells; `.configuration` where another secret is needed to know whom.
  private func records() throws(Fault) -> [ErasureRecord] {
    let records = try ErasureRecord.all(recordPath, lake.fileSystem)
    let name = ErasureRecord.name(of: secret)
    guard records.contains(where: { !["", name].contains($0.secretName) }) else { return records }
    throw Fault(
      .configuration, at: Place(recordPath),
      "who was erased cannot be known again: the hashes are of another secret",
      remedy: "put the secret '\(ErasureFolder.secretName)' back, which backups hold too")
  }

  private func record(of order: Order, _ person: Person) -> ErasureRecord {
    ErasureRecord(
      fingerprint: order.fingerprint, kind: order.kind.name,
      substitutes: Dictionary(
        uniqueKeysWithValues: person.keys.map { column, keys in
          (
            column,
            Dictionary(
              uniqueKeysWithValues: keys.map { key, substitute in
                (ErasureRecord.token(of: key, in: column, secret: secret), substitute)
              })
          )
        }), approvedBy: order.approvedBy, secretName: ErasureRecord.name(of: secret))
  }

  private func sweep(
    _ work: ErasureWork, _ tell: (ErasedPlace) -> Void = { _ in }
  ) throws -> [ErasedPlace] {
    var places: [ErasedPlace] = []
    try LakeErasure(work, workspace, warehouse: warehouse?.path).erase { place in
      places.append(place)
      tell(place)
    }
    guard let warehouse else { return places }
    let database = try work.isTrial ? warehouse.openedToRead(lake.fileSystem) : opened(warehouse)
    guard let database else { return places }
    let found = try DatabaseErasure(work, watching(database)) { table in
      work.roles(LakeTableName(schema: "warehouse", name: table))
    }.erase { "warehouse.\($0)" }
    for place in found {
      places.append(place)
      tell(place)
    }
    return places
  }

  /// The warehouse, to be changed; nil when there is none yet.
  private func opened(_ warehouse: WarehousePlace) throws(Fault) -> (any LoadingConnection)? {
    if let path = warehouse.path, try !lake.fileSystem.exists(path) { return nil }
    return try warehouse.openedToLoad(lake.fileSystem)
  }

  /// Destroys the keys that sealed what is said of the person; what they sealed is noise from then
  /// on, in copies that nobody reaches too.
  private func destroyKeys(of person: Person) throws -> [ErasedPlace] {
    guard let store = lake.keys else { return [] }
    var places: [ErasedPlace] = []
    let kinds = Set(workspace.jobs.datasets.values.compactMap(\.sealSubject))
    for kind in kinds.sorted() {
      guard let keys = person.keys[kind.lowercased()] else { continue }
      let subjects = store.subjects(kind)
      let tokens = try subjects.tokens()
      try subjects.destroy(keys.keys.map { tokens.token(of: $0.utf8) })
      places.append(ErasedPlace(kind: .keys, name: "_keys/subjects \(kind)", count: keys.count))
    }
    return places
  }
}
