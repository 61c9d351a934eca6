package sandbox

import (
	"cmp"
	"mime"
	"net/http"
	"path/filepath"
	"strings"
)

// maxDocument is how large a file of a bot may be.
const maxDocument = 50 << 20

// Document is a file in a chat: Path on this server, Size in bytes.
type Document struct {
	Path string `json:"path"`
	Name string `json:"name"`
	Size int    `json:"size"`
}

func sendDocument(s *Server, p params) (any, error) {
	text, ents, err := p.caption()
	if err != nil {
		return nil, err
	}
	f, err := s.document(p)
	if err != nil {
		return nil, err
	}
	return s.post(p, &message{kind: "document", text: text, ents: ents, photo: f})
}

// document takes an uploaded file ("attach://name" or the field itself), or the id of one that was sent before.
func (s *Server) document(p params) (*file, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	field := cmp.Or(strings.TrimPrefix(p.get("document"), "attach://"), "document")
	data, ok := p.files[field]
	switch known := s.files[p.get("document")]; {
	case ok && len(data) > maxDocument:
		return nil, badRequest("file is too big")
	case ok && len(data) == 0:
		return nil, badRequest("file must be non-empty")
	case ok:
	case p.get("document") == "":
		return nil, badRequest("there is no document in the request")
	case known == nil || known.name == "":
		return nil, badRequest("wrong remote file identifier specified: can't unserialize it. Wrong last symbol")
	default:
		return known, nil
	}
	f := &file{id: "d" + s.newID(), data: data, kind: "application/octet-stream", name: filepath.Base(p.names[field])}
	s.files[f.id] = f
	return f, nil
}

// attach lets a browser save a document under its name; nothing of it is shown as a page.
func (f *file) attach(h http.Header) {
	if f.name != "" {
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.name}))
	}
}

// File is what was sent under a path of Document, nil if there is no such thing.
func (s *Server) File(path string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.files[strings.TrimPrefix(path, "/files/")]; f != nil {
		return f.data
	}
	return nil
}
