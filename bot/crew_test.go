package bot

import (
	"sync/atomic"
	"testing"
)

// Work that begins while somebody waits is no race, and is waited for if it
// begins before the rest has ended.
func TestACrewMayGrowWhileItIsWaitedFor(t *testing.T) {
	t.Parallel()
	var c crew
	c.Wait() // nobody is at work
	var done atomic.Int32
	begun, waited := make(chan struct{}), make(chan struct{})
	release := make(chan struct{})
	c.Go(func() {
		close(begun)
		<-release
		c.Go(func() { done.Add(1) })
		done.Add(1)
	})
	<-begun
	go func() {
		defer close(waited)
		c.Wait()
		if n := done.Load(); n != 2 {
			t.Errorf("%d of 2 were done when nobody was at work", n)
		}
	}()
	for range 100 {
		c.Go(func() {})
	}
	close(release)
	<-waited
}
