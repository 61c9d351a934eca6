package skeleton

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

// errUnreadable refuses bytes that are no letters: nothing may be lost of a document.
var errUnreadable = errors.New("the letters of the document cannot be read: save the document as UTF-8 (plain text or Markdown), then import it again")

// decoded is the text of a document in UTF-8, or in UTF-16 with a byte-order mark, as Windows
// writes it. NUL and bytes that are no letters are refused.
func decoded(document []byte) (string, error) {
	if !bytes.HasPrefix(document, []byte("\xFF\xFE")) && !bytes.HasPrefix(document, []byte("\xFE\xFF")) {
		if !utf8.Valid(document) || bytes.ContainsRune(document, 0) {
			return "", errUnreadable
		}
		return string(document), nil
	}
	utf8Text, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(document)
	if err != nil {
		return "", fmt.Errorf("%w (%w)", errUnreadable, err)
	}
	text := string(utf8Text)
	if strings.ContainsRune(text, utf8.RuneError) || strings.ContainsRune(text, 0) { // half a letter, or none
		return "", errUnreadable
	}
	return text, nil
}
