package picture

import "testing"

// BenchmarkDraw is the whole work on a picture, from data to PNG bytes. The
// promise is less than 60 ms each.
func BenchmarkDraw(b *testing.B) {
	for _, name := range []string{"progress.middle.uz", "progress.long.uz", "card.stage.uz", "card.roadmap.uz", "month.uz"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				data, err := drawn(b, samples[name]).png()
				if err != nil {
					b.Fatal(err)
				}
				size = len(data)
			}
			b.ReportMetric(float64(size), "size-B")
		})
	}
}
