// Command parseproto says why a file is no protocol buffer definition.
package main

import (
	"log"
	"os"

	"github.com/emicklei/proto"
)

func main() {
	file, err := os.Open(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	if _, err := proto.NewParser(file).Parse(); err != nil {
		log.Fatal(err)
	}
}
