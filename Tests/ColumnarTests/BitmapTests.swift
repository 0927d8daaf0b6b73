import Columnar
import Testing

@Suite struct BitmapTests {
  @Test func `not of a bitmap sets no bit past its end`() {
    let bits = ~Bitmap(repeating: false, count: 70)
    #expect(bits.setCount == 70)
    #expect(bits.isAllSet)
  }
}
