package study

// Rhythm is how often a learner hears from us unasked. The words are stored.
type Rhythm string

// The rhythms. Whoever lets us hear nothing goes from the first to the last.
const (
	Daily  Rhythm = "daily"  // each study day
	Weekly Rhythm = "weekly" // a week after the last message
	Silent Rhythm = "silent" // not at all
)

// How long a learner may be silent.
const (
	patientDays  = 7 // study days, then once a week
	patientWeeks = 4 // further weeks, then not at all
)

// Wait is what the next message is to who has let so many messages pass
// without a sign of life, and what the rhythm and that number are afterwards.
// The message is the one with which the new rhythm begins if it differs from
// the old one, and the topic otherwise.
func (r Rhythm) Wait(ignored int) (next Rhythm, then int) {
	switch {
	case r == Daily && ignored >= patientDays:
		return Weekly, 1
	case r == Weekly && ignored >= patientWeeks:
		return Silent, 0
	}
	return r, ignored + 1
}
