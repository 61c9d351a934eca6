package study

import (
	"sync"
	"time"
)

// zones remembers what Zone has read: there are a few hundred names, and each
// look at a chat asks for one.
var zones sync.Map // name → *time.Location

// Zone is the time zone of an IANA name. What is not known is an error.
func Zone(name string) (*time.Location, error) {
	if loc, ok := zones.Load(name); ok {
		return loc.(*time.Location), nil
	}
	loc, err := time.LoadLocation(name)
	if err == nil {
		zones.Store(name, loc)
	}
	return loc, err
}
