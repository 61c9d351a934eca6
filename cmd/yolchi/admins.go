package main

import (
	"fmt"
	"strconv"
	"strings"
)

// adminIDs are the Telegram user ids of those who run the bot.
type adminIDs []int64

// UnmarshalText reads ids with commas between, as people write them.
func (a *adminIDs) UnmarshalText(text []byte) error {
	*a = nil
	for word := range strings.SplitSeq(string(text), ",") {
		word = strings.TrimSpace(word)
		if word == "" { // a comma at the end
			continue
		}
		id, err := strconv.ParseInt(word, 10, 64)
		switch {
		case err != nil:
			return fmt.Errorf("%q is no user id: write numbers with commas between, such as 501,502 (docs/operating.md says how to find yours)", word)
		case id <= 0:
			return fmt.Errorf("%d is no user id: those of people are above 0, below it are groups and channels", id)
		}
		*a = append(*a, id)
	}
	return nil
}
