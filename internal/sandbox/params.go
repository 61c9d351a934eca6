package sandbox

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

const maxBody = 60 << 20 // Telegram takes uploads up to 50 MB

// params are the arguments of a method, as text; JSON values stay JSON.
type params struct {
	vals  map[string]string
	files map[string][]byte
	names map[string]string // of the files
}

func (p params) get(name string) string { return p.vals[name] }

func (p params) has(name string) bool {
	_, ok := p.vals[name]
	return ok
}

// yes reads a Boolean as Telegram's server does.
func (p params) yes(name string) bool {
	switch strings.ToLower(strings.TrimSpace(p.vals[name])) {
	case "true", "1", "yes":
		return true
	}
	return false
}

// number reads an Integer; what is none counts as def.
func (p params) number(name string, def int64) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(p.vals[name]), 10, 64)
	if err != nil {
		return def
	}
	return n
}

// object decodes a JSON value into out; an absent one leaves out alone. "null" is refused as Telegram refuses it.
func (p params) object(name string, out any, refusal string) error {
	raw := p.vals[name]
	if raw == "" {
		return nil
	}
	if strings.TrimSpace(raw) == "null" || json.Unmarshal([]byte(raw), out) != nil {
		return badRequest("%s", refusal)
	}
	return nil
}

// readParams takes query string, form, multipart or JSON body together.
func readParams(w http.ResponseWriter, r *http.Request) (params, error) {
	p := params{vals: map[string]string{}, files: map[string][]byte{}, names: map[string]string{}}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	for k, v := range r.URL.Query() {
		p.vals[k] = v[0]
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/json":
		return p, p.readJSON(r.Body)
	case "multipart/form-data":
		return p, p.readMultipart(r)
	}
	if err := r.ParseForm(); err != nil {
		return p, badRequest("can't parse the request body")
	}
	for k, v := range r.PostForm {
		p.vals[k] = v[0]
	}
	return p, nil
}

func (p params) readJSON(body io.Reader) error {
	var obj map[string]json.RawMessage
	if err := json.NewDecoder(body).Decode(&obj); err != nil && err != io.EOF {
		return badRequest("can't parse JSON in the request body")
	}
	for k, raw := range obj {
		var text string
		if json.Unmarshal(raw, &text) == nil {
			p.vals[k] = text
		} else {
			p.vals[k] = string(raw)
		}
	}
	return nil
}

func (p params) readMultipart(r *http.Request) error {
	mr, err := r.MultipartReader()
	if err != nil {
		return badRequest("can't parse the multipart body")
	}
	for {
		part, err := mr.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return badRequest("can't parse the multipart body")
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return &apiError{Code: http.StatusRequestEntityTooLarge, Description: "Request Entity Too Large"}
		}
		if part.FileName() != "" {
			p.files[part.FormName()], p.names[part.FormName()] = data, part.FileName()
		} else {
			p.vals[part.FormName()] = string(data)
		}
	}
}
