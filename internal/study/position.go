package study

// Advance is the topic to stand at after from: the next in order that is not
// closed, or, when the end is reached, the first that was left open before.
// It is "" when all are closed. From "" begins at the start.
func Advance(order []string, from string, closed func(topic string) bool) string {
	start := 0
	for i, topic := range order {
		if topic == from {
			start = i + 1
		}
	}
	for i := range order {
		topic := order[(start+i)%len(order)]
		if topic != from && !closed(topic) {
			return topic
		}
	}
	return ""
}
