package bot

import "maps"

func init() {
	maps.Copy(conversations, map[string][]string{
		"quizend": {
			"/start", "[language.name]", "[short-road]", "[09:00]",
			"# nothing right", "[button.quiz]", "wrong", "[button.dunno]",
			"# left alone for a day", "[button.quiz]", "right", "@+1 10:00", "right", "/quiz",
			"# reviewed: some days of peace", "right", "right", "@+4 10:00", "[review 2]", "right", "right", "/review",
		},
		"streakback": {
			"/start", "[language.name]", "[short-road]", "[09:00]",
			"# two days, and three without", "[button.quiz]", "right", "@+1 10:00", "[button.quiz]", "right", "@+4 10:00",
			"# the first day of three", "[button.quiz]", "right", "[button.done]",
			"# the second", "@+1 10:00", "[button.quiz]", "right", "/streak",
			"# the third brings it back", "@+1 10:00", "[button.quiz]", "right", "[button.done]", "/streak",
		},
	})
}
