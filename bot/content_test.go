package bot

import "yolchi/internal/curriculum"

// taught is a bot that teaches a library.
func taught(b *Bot, library *curriculum.Library) *Bot {
	b.Teach(library)
	return b
}
