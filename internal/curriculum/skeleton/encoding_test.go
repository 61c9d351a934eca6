package skeleton

import (
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// What an editor of Windows saves as "Unicode" becomes the same files.
func TestADocumentInUTF16IsReadAsItsLetters(t *testing.T) {
	const text = "# Oʻzbekcha yoʻl 🚀\n\n## Birinchi bosqich\n\n- Goʻzal mavzu\n"
	o := Options{Name: "Road", Language: "uz"}
	want, err := Import([]byte(text), o)
	if err != nil {
		t.Fatal(err)
	}
	units := utf16.Encode([]rune("\uFEFF" + text))
	little, big := make([]byte, 0, 2*len(units)), make([]byte, 0, 2*len(units))
	for _, u := range units {
		little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
	}
	for name, document := range map[string][]byte{"little end first": little, "big end first": big, "UTF-8 with a mark": []byte("\uFEFF" + text)} {
		got, err := Import(document, o)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

func TestWhatIsNoLettersIsRefusedKindly(t *testing.T) {
	for name, document := range map[string]string{
		"Latin-1":                "# Caf\xe9\n\n- th\xe9\n",
		"NUL":                    "# Road\n\n- a\x00b\n",
		"UTF-16 without a mark":  "#\x00 \x00A\x00",
		"half a letter":          "\xFF\xFE#\x00 \x00A\x00\x00\xD8",
		"an odd number of bytes": "\xFF\xFE#\x00 \x00A",
		"NUL in UTF-16":          "\xFF\xFE#\x00 \x00A\x00\x00\x00",
	} {
		s, err := Import([]byte(document), Options{Name: "Road", Language: "en"})
		if err == nil || err.Error() != errUnreadable.Error() {
			t.Errorf("%s: %v, %+v", name, err, s)
		}
	}
}
