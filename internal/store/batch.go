package store

import (
	"context"
	"sync"
	"time"
)

// flushTimeout bounds the statement of one batch.
const flushTimeout = 15 * time.Second

// batch joins what several goroutines want to write at the same moment into
// one transaction: while one is under way, the next gathers. Nobody waits
// longer than that, and nothing is held back when only one has something.
// Several may be under way side by side.
type batch[T any] struct {
	flush   func(ctx context.Context, items []T) error
	limit   int // items in one transaction
	workers int // transactions at the same time

	mu      sync.Mutex
	busy    int
	waiting []entry[T]
}

type entry[T any] struct {
	item T
	done chan error
}

// write returns when the item is committed, or could not be. If ctx ends
// before, the item may still be committed.
func (b *batch[T]) write(ctx context.Context, item T) error {
	e := entry[T]{item, make(chan error, 1)}
	b.mu.Lock()
	b.waiting = append(b.waiting, e)
	if b.busy < b.workers {
		b.busy++
		go b.work()
	}
	b.mu.Unlock()
	select {
	case err := <-e.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// work flushes until nothing waits any more.
func (b *batch[T]) work() {
	for {
		b.mu.Lock()
		entries := b.waiting
		if len(entries) == 0 {
			b.busy--
			b.mu.Unlock()
			return
		}
		n := min(len(entries), b.limit)
		entries, b.waiting = entries[:n:n], entries[n:]
		b.mu.Unlock()

		items := make([]T, n)
		for i, e := range entries {
			items[i] = e.item
		}
		// Of its own: the one whose turn it is may give up, the others do not.
		ctx, cancel := context.WithTimeout(context.Background(), flushTimeout)
		err := b.flush(ctx, items)
		cancel()
		for _, e := range entries {
			e.done <- err
		}
	}
}
