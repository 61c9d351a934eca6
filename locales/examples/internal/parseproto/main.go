// Command parseproto says why a file is neither a protocol buffer definition
// nor a piece of a service.
package main

import (
	"log"
	"os"
	"strings"

	"github.com/emicklei/proto"
)

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	if _, whole := proto.NewParser(strings.NewReader(string(text))).Parse(); whole != nil {
		piece := "service Piece {\n" + string(text) + "\n}\n"
		if _, err := proto.NewParser(strings.NewReader(piece)).Parse(); err != nil {
			log.Fatalf("as a definition: %v; in a service: %v", whole, err)
		}
	}
}
