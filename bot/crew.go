package bot

import "sync"

// crew is those at work. Unlike with a sync.WaitGroup, work may begin while
// somebody waits for the end of all.
type crew struct {
	mu   sync.Mutex
	n    int
	idle chan struct{} // closed when nobody is at work any more; nil while nobody waits for that
}

// Go lets somebody do something.
func (c *crew) Go(do func()) {
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
	go func() {
		defer c.leave()
		do()
	}()
}

func (c *crew) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n--; c.n == 0 && c.idle != nil {
		close(c.idle)
		c.idle = nil
	}
}

// Wait returns when nobody is at work.
func (c *crew) Wait() {
	c.mu.Lock()
	if c.n == 0 {
		c.mu.Unlock()
		return
	}
	if c.idle == nil {
		c.idle = make(chan struct{})
	}
	idle := c.idle
	c.mu.Unlock()
	<-idle
}
