package curriculum

import (
	"slices"
	"strings"
	"testing"

	"yolchi/locales"
)

func realIndex(t testing.TB) *Index {
	t.Helper()
	library, err := Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	return NewIndex(library)
}

func ids(topics []*Topic) (ids []string) {
	for _, topic := range topics {
		ids = append(ids, topic.ID)
	}
	return ids
}

func TestATopicIsFoundAsPeopleTypeIt(t *testing.T) {
	ix := realIndex(t)
	for query, want := range map[string]string{
		"jwt": "jwt", "JWT": "jwt", " jwt? ": "jwt",
		"redis": "redis", "rediss": "redis", "rdis": "redis", "reids": "redis", "redus": "redis",
		"docker": "docker", "dokcer": "docker", "Dockr": "docker",
		"kubernets": "kubernetes", "kuber": "kubernetes",
		"sql joins": "sql-joins", "joins sql": "sql-joins",
		"graphql": "graphql", "rabbit": "rabbitmq",
		"jtw": "jwt", "wjt": "jwt", "slq": "sql-basics", "rst": "rest-design", "grp": "grpc", "mpa": "go-maps",
		"parol": "password-hashing", "soʻrov": "query-optimization", "so'rov": "query-optimization", "so‘rov": "query-optimization",
		"sorov": "query-optimization",
	} {
		if got := ids(ix.Find(query, 8)); !slices.Contains(got, want) {
			t.Errorf("%q finds %v, want %s among them", query, got, want)
		} else if !strings.HasPrefix(query, "so") && query != "parol" && got[0] != want {
			t.Errorf("%q finds %v, want %s first", query, got, want)
		}
	}
	for _, query := range []string{"", "   ", "?!", "ʻʼ", "qwxzqwxz", "xyz", "qqq", strings.Repeat("z", 5000)} {
		if got := ids(ix.Find(query, 8)); len(got) > 0 {
			t.Errorf("%.20q finds %v", query, got)
		}
	}
}

// What is written somewhere is what was meant: a short word with a hit brings
// nothing that is only like it. One without is looked for in titles alone.
func TestAShortWordIsTakenAtItsWord(t *testing.T) {
	ix := realIndex(t)
	for _, query := range []string{"jwt", "api", "tls", "log"} {
		for _, topic := range ix.Find(query, 1000) {
			words := searchWords(strings.ReplaceAll(topic.ID, "-", " "))
			for _, lang := range Languages {
				text := topic.Text[lang]
				words = append(words, searchWords(text.Title+" "+text.Why+" "+text.Lesson)...)
			}
			if !slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, query) }) {
				t.Errorf("%q finds %s, where it is not written", query, topic.ID)
			}
		}
	}
	for _, topic := range ix.Find("jtw", 1000) {
		if title := topic.Text["en"].Title + topic.Text["uz"].Title + topic.ID; !strings.Contains(strings.ToLower(title), "jwt") {
			t.Errorf("jtw finds %s", topic.ID)
		}
	}
}

func TestHowApostrophesAreTypedDoesNotMatter(t *testing.T) {
	ix := realIndex(t)
	want := ids(ix.Find("oʻzgaruvchi", 8))
	if len(want) == 0 {
		t.Fatal("nothing is found")
	}
	for _, query := range []string{"o'zgaruvchi", "o‘zgaruvchi", "o`zgaruvchi", "ozgaruvchi", "OʼZGARUVCHI"} {
		if got := ids(ix.Find(query, 8)); !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", query, got, want)
		}
	}
}

func TestEveryTopicIsFoundByItsTitleInBothLanguages(t *testing.T) {
	ix := realIndex(t)
	missed := 0
	for _, topic := range ix.topics {
		for _, lang := range Languages {
			if found := ids(ix.Find(topic.Text[lang].Title, 8)); !slices.Contains(found, topic.ID) {
				missed++
				t.Errorf("%q finds %v, want %s", topic.Text[lang].Title, found, topic.ID)
			}
		}
	}
	t.Logf("%d topics, %d words, %d missed", len(ix.topics), len(ix.words), missed)
}

func TestOneTypoIsOneStepOfDamerau(t *testing.T) {
	for pair, want := range map[[2]string]bool{
		{"redis", "redis"}: true, {"redis", "redis2"}: true, {"redis", "edis"}: true, {"redis", "reids"}: true, {"redis", "redas"}: true,
		{"redis", "rdeis"}: true, {"redis", "erdsi"}: false, {"redis", "re"}: false, {"redis", "radas"}: false, {"aab", "ab"}: true,
		{"тест", "тост"}: true, {"тест", "етст"}: true, {"тест", "тас"}: false, {"abcd", "acbd"}: true, {"", ""}: true, {"", "a"}: true,
	} {
		if got := oneTypo(pair[0], pair[1]); got != want || oneTypo(pair[1], pair[0]) != want {
			t.Errorf("oneTypo(%q) = %v, want %v", pair, got, want)
		}
	}
}

func TestWhatIsNotThereIsAnsweredWithTheNearest(t *testing.T) {
	ix := realIndex(t)
	for query, want := range map[string]string{"kubernitis": "kubernetes", "dockerrrr": "docker"} {
		if got := ix.Nearest(query); got == nil || got.ID != want {
			t.Errorf("nearest to %q is %v, want %s", query, got, want)
		}
	}
	for _, query := range []string{"", "xzxzxz", "қўқон"} {
		if got := ix.Nearest(query); got != nil {
			t.Errorf("nearest to %q is %s, want none", query, got.ID)
		}
	}
}

func FuzzFind(f *testing.F) {
	for _, query := range []string{"jwt", "reids", "oʻzgaruvchi", "C++ c# .net", "\xff\x00", strings.Repeat("ʻ", 100)} {
		f.Add(query)
	}
	ix := realIndex(f)
	f.Fuzz(func(t *testing.T, query string) {
		found := ix.Find(query, 8)
		if len(found) > 8 || slices.Contains(found, nil) {
			t.Fatalf("%q finds %v", query, ids(found))
		}
		ix.Nearest(query)
	})
}

// BenchmarkFind is one query. The promise is less than 2 ms, also for words
// that nobody wrote.
func BenchmarkFind(b *testing.B) {
	ix := realIndex(b)
	for name, query := range map[string]string{
		"one": "jwt", "prefix": "ind", "typo": "kuberntees", "phrase": "how does the garbage collector work",
		"nothing": "kuberxetxs qwertyuio zxcvbnmas asdfghjkl poiuytrew",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				ix.Find(query, 8)
			}
		})
	}
	b.Run("nearest", func(b *testing.B) {
		for b.Loop() {
			ix.Nearest("kubernitis")
		}
	})
	b.Run("build", func(b *testing.B) {
		library, err := Load(locales.FS)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			NewIndex(library)
		}
	})
}
