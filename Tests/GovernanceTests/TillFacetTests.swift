import Governance
import JSON
import Testing

/// What a run event tells of the tills that sent the events.
enum TillFacets {
  static let skew = ClockSkewFacet(
    toleranceSeconds: 300,
    ahead: .init(
      eventCount: 12, senderCount: 2, greatestSeconds: 3_600.5,
      worst: [.init(["S1", nil], eventCount: 9, greatestSeconds: 3_600.5)]),
    late: nil)

  static let gaps = {
    var facet = SequenceGapsFacet(field: "no")
    facet.opened = 3
    facet.filled = 2
    facet.open = 17
    facet.openSenders = 4
    facet.repeated = 5
    facet.givenUp = 6
    facet.uncounted = 7
    facet.gaps = [.init(["S1", "R2"], first: 7, last: 9)]
    return facet
  }()
}

@Suite struct TillFacetTests {
  @Test func `what is told comes back as it was`() {
    let facets = Facets().adding(TillFacets.skew).adding(TillFacets.gaps)
    #expect(facets[ClockSkewFacet.self] == TillFacets.skew)
    #expect(facets[SequenceGapsFacet.self] == TillFacets.gaps)
    #expect(ClockSkewFacet(["ahead": [:]]) == nil && SequenceGapsFacet([:]) == nil)
  }

  @Test func `the members are those of the description`() {
    #expect(
      JSONWriter.text(.object(TillFacets.skew.members))
        == #"{"tolerance":300.0,"ahead":{"events":12,"senders":2,"greatest":3600.5,"#
        + #""worst":[{"sender":["S1",null],"events":9,"greatest":3600.5}]}}"#)
    #expect(
      JSONWriter.text(.object(TillFacets.gaps.members))
        == #"{"field":"no","opened":3,"filled":2,"open":17,"openSenders":4,"repeated":5,"#
        + #""uncounted":7,"givenUp":6,"gaps":[{"sender":["S1","R2"],"first":7,"last":9}]}"#)
  }
}
