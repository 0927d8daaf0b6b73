import Access
import Core
import LakeJobs
import Testing

/// What a policy says of columns and rows, for roles and for users who have several.
@Suite struct AccessRulingTests {
  private static let hidden = ColumnRuling.Look.hidden
  private static let shown = ColumnRuling.Look.shown

  @Test func `a plain grant shows what bears no label`() throws {
    let looks = try Policies.looks(
      """
      roles: {reader: {members: anna}}
      grants: [{to: reader, on: gold.*}]
      """)
    #expect(looks == [.shown, .shown, .hidden, .hidden, .hidden, .hidden])
  }

  @Test func `a role or a table that no grant names sees nothing`() throws {
    let policy = """
      roles: {reader: {}, other: {}}
      grants: [{to: reader, on: silver.*}]
      """
    #expect(try Policies.looks(policy) == nil)
    #expect(try Policies.looks(policy, "other") == nil)
    #expect(try Policies.looks(policy, "nobody") == nil)
  }

  @Test func `labels are masked as the policy says, and a column of several as all agree`() throws {
    let looks = try Policies.looks(
      """
      roles: {reader: {}}
      masks: {email: hash, phone: last4, card: {constant: xxxx}}
      grants: [{to: reader, on: gold.members, mask: ['label:email', 'label:phone', 'label:card']}]
      """)
    #expect(
      looks == [
        .shown, .shown, .masked(.hash), .masked(.null), .masked(.constant("xxxx")), .hidden,
      ])
  }

  @Test func `a grant may give a form of its own`() throws {
    let looks = try Policies.looks(
      """
      roles: {reader: {}}
      masks: {email: hash}
      grants: [{to: reader, on: gold.members, mask: {'label:*': last4, store: null}}]
      """)
    #expect(
      looks == [
        .shown, .masked(.null), .masked(.last4), .masked(.last4), .masked(.last4), .hidden,
      ])
  }

  @Test func `a star reaches no labelled column, and a name does, even before it is labelled`()
    throws
  {
    let star = try Policies.looks(
      """
      roles: {reader: {}}
      grants: [{to: reader, on: '*', show: '*'}]
      """)
    #expect(star == [.shown, .shown, .hidden, .hidden, .hidden, .hidden])
    let named = try Policies.looks(
      """
      roles: {reader: {}}
      grants: [{to: reader, on: '*', show: [id, MAIL, fresh]}]
      """)
    #expect(named == [.shown, .hidden, .shown, .hidden, .hidden, .shown])
  }

  @Test func `all labels shown do not show what nobody has looked at`() throws {
    let looks = try Policies.looks(
      """
      roles: {reader: {}}
      grants: [{to: reader, on: '*', show: ['label:*'], purpose: audit}]
      """)
    #expect(looks == [.hidden, .hidden, .shown, .shown, .shown, .hidden])
  }

  @Test func `a broad grant lifts no mask, one that names the label does`() throws {
    let policy = """
      roles: {masked: {members: [anna, ben]}, broad: {members: anna}, steward: {members: ben}}
      masks: {email: hash, phone: hash}
      grants:
        - {to: masked, on: gold.*, mask: ['label:email', 'label:phone']}
        - {to: broad, on: '*', show: [harmless, 'label:*'], purpose: work}
        - {to: steward, on: gold.members, show: ['label:email'], purpose: work}
      """
    #expect(
      try Policies.looks(policy, "anna")
        == [.shown, .shown, .masked(.hash), .masked(.hash), .shown, .hidden])
    #expect(
      try Policies.looks(policy, "ben")
        == [.shown, .shown, .shown, .masked(.hash), .hidden, .hidden])
  }

  @Test func `what one grant hides and what is denied stays away`() throws {
    let policy = """
      roles: {reader: {inherits: hiding}, hiding: {}}
      grants:
        - {to: reader, on: '*', show: [harmless, 'label:email'], purpose: work}
        - {to: hiding, on: '*', hide: [store]}
      deny:
        - {to: hiding, on: gold.*, columns: 'label:email', because: not here}
      """
    #expect(
      try Policies.looks(policy) == [.shown, .hidden, .hidden, .hidden, .hidden, .hidden])
    let all = policy + "  - {to: '*', on: gold.members}\n"
    #expect(try Policies.looks(all) == nil)
    guard
      case .granted(_, let columns) = try Policies.read(policy).ruling(
        for: "reader", on: Policies.members, columns: Policies.columns, day: Policies.day)
    else {
      Issue.record("the table is denied")
      return
    }
    #expect(columns[2].rule == "access.yml:6: not here, by 'label:email'")
    #expect(columns[4].rule == "access.yml: no grant names 'card'")
  }

  @Test func `a grant holds to the end of its last day`() throws {
    let policy = """
      roles: {reader: {}}
      grants: [{to: reader, on: '*', until: 2026-03-01}]
      """
    let next = CivilDate(dayNumber: Policies.day.dayNumber + 1)
    #expect(try Policies.looks(policy) != nil)
    #expect(try Policies.looks(policy, day: next) == nil)
  }

  @Test func `rows add up, and a mask is lifted for the rows of the grant that lifts it alone`()
    throws
  {
    let policy = """
      roles: {manager: {members: mia}, reader: {members: mia}}
      mappings: {stores_of: {mia: [S1, "S'2"]}}
      masks: {email: hash}
      grants:
        - {to: reader, on: gold.*, mask: 'label:email'}
        - to: manager
          on: gold.*
          show: [harmless, 'label:email']
          rows: store IN (SELECT what FROM stores_of WHERE who = current_user()) -- own
          purpose: their own stores
      """
    guard case .granted(let filter, let columns) = try Policies.access(policy, "mia", user: "mia"),
      case .masked(let text) = columns[2].look
    else {
      Issue.record("mia sees nothing")
      return
    }
    let own =
      "(store IN (SELECT what FROM (SELECT * FROM VALUES ('mia', 'S1'), ('mia', 'S\\'2') "
      + "AS given(who, what)) WHERE who = 'mia')  )"
    #expect(filter == nil)
    #expect(
      text.hasPrefix("CASE WHEN \(own) THEN CAST(`mail` AS STRING) WHEN TRUE THEN CAST(sha2("))
    guard case .granted(let only, let managed) = try Policies.access(policy, "manager", user: "mia")
    else { return }
    #expect(only == own && managed[2].look == .shown)
  }

  @Test func `a mask that needs a key says so where there is none`() throws {
    let policy = try Policies.read(
      """
      roles: {reader: {}}
      masks: {email: hash}
      grants: [{to: reader, on: '*', mask: 'label:email'}]
      """)
    #expect(throws: MaskKey.missing) {
      try policy.access(
        by: Asker("reader", user: "x", day: Policies.day, key: nil), to: Policies.members,
        columns: Policies.columns)
    }
  }
}
