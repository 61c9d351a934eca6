package store

import (
	"context"
	"fmt"
	"time"
)

// Lease takes or keeps the named lease for holder, and says whether holder has
// it. Time is the database's, for several machines share it.
func (s *Store) Lease(ctx context.Context, name, holder string, length time.Duration) (bool, error) {
	var has bool
	err := s.db.GetContext(ctx, &has, `WITH taken AS (
		INSERT INTO leases (name, holder, until) VALUES ($1, $2, now() + $3 * interval '1 millisecond')
		ON CONFLICT (name) DO UPDATE SET holder = $2, until = now() + $3 * interval '1 millisecond'
		WHERE leases.holder = $2 OR leases.until < now() RETURNING 1)
		SELECT EXISTS (SELECT 1 FROM taken)`, name, holder, length.Milliseconds())
	if err != nil {
		return false, fmt.Errorf("taking the lease %q: %w", name, err)
	}
	return has, nil
}

// Held says whether anybody has the named lease now.
func (s *Store) Held(ctx context.Context, name string) (bool, error) {
	var held bool
	if err := s.db.GetContext(ctx, &held, `SELECT EXISTS (SELECT 1 FROM leases WHERE name = $1 AND until >= now())`, name); err != nil {
		return false, fmt.Errorf("asking who has the lease %q: %w", name, err)
	}
	return held, nil
}

// Release gives the lease up if holder has it.
func (s *Store) Release(ctx context.Context, name, holder string) error {
	if err := s.idempotent(ctx, `DELETE FROM leases WHERE name = $1 AND holder = $2`, name, holder); err != nil {
		return fmt.Errorf("giving up the lease %q: %w", name, err)
	}
	return nil
}
