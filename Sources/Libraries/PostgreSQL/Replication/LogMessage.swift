package import Core

/// What the server's log says of the tables of a publication, a message at a time (the protocol of
/// `pgoutput`, version 1). A transaction's messages come together, when it is committed.
package enum LogMessage: Sendable {
  case begin(LoggedTransaction)
  case commit(LoggedCommit)
  /// What a table looks like from here on.
  case relation(LoggedRelation)
  case insert(relation: UInt32, new: LoggedRow)
  case update(relation: UInt32, old: LoggedRow?, new: LoggedRow)
  case delete(relation: UInt32, old: LoggedRow)
  case truncate(relations: [UInt32])
  /// Where a transaction first came from, a type's name, a message of an application.
  case other
}

/// A transaction that was committed.
package struct LoggedTransaction: Hashable, Sendable {
  /// Where its commit stands in the log.
  package let position: LogPosition
  /// When it was committed, by the server's clock.
  package let time: Timestamp
  package let number: UInt32
}

/// The end of a transaction.
package struct LoggedCommit: Hashable, Sendable {
  package let position: LogPosition
  /// Where the log goes on behind it.
  package let end: LogPosition
}

/// A table as it was when a change was made.
package struct LoggedRelation: Sendable {
  /// What tells the old values of a row that an update or a delete logs.
  package enum Identity: UInt8, Sendable {
    case primaryKey = 0x64  // d
    case index = 0x69  // i
    case whole = 0x66  // f
    case nothing = 0x6E  // n
  }

  /// A column of the table; generated ones are not logged.
  package struct Column: Hashable, Sendable {
    /// Whether it is of what tells rows apart in the log.
    package let isIdentity: Bool
    package let name: String
    /// The OID of its type.
    package let type: UInt32
  }

  /// The table's OID.
  package let id: UInt32
  package let schema: String
  package let name: String
  package let identity: Identity
  package let columns: [Column]
}

/// The values of a row that a message tells, in the order of its table's columns.
package struct LoggedRow: Sendable {
  /// A value as it is logged.
  package enum Value: Hashable, Sendable {
    case null
    /// A large value that the change left as it was, and that is not logged for that.
    case unchanged
    /// Where its text lies in the message.
    case text(Range<Int>)
  }

  /// Whether only the columns of the identity are told, and the others stand as NULL for nothing.
  package let isIdentityOnly: Bool
  package let values: [Value]
}
